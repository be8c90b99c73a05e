// ONNX Runtime's WASM build, in a browser worker.
import {onnxPeer} from './onnx_tutorial.js';

export const channelsFirst = true;

export async function open({threads, modules}) {
  const ort = await import(`${modules}/onnxruntime-web/dist/ort.wasm.min.mjs`);
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = new URL(`${modules}/onnxruntime-web/dist/`, location.href).href;
  return onnxPeer(ort, {executionProviders: ['wasm'], graphOptimizationLevel: 'all'},
                  {'onnxruntime-web': ort.env.versions.web ?? ort.env.versions.common});
}
