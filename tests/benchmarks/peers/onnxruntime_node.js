// ONNX Runtime, native, in a Node process.
import * as ort from 'onnxruntime-node';
import {onnxPeer} from './onnx_tutorial.js';

export const channelsFirst = true;

export async function open({threads}) {
  return onnxPeer(ort.default ?? ort, {intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all'},
                  {'onnxruntime-node': (ort.default ?? ort).env.versions?.node ?? ''});
}
