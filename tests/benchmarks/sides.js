// The sides that are measured. `slow` ones take part with one batch size and a few steps only.
import {openProcess, openPython, openWorker} from './hosts.js';

export const sides = [
  {name: 'pytorch', label: 'PyTorch', open: openPython, threads: [1, 2], inDoubles: true,
   networks: ['tutorial', 'vgg_bn', 'speedrun']},
  {name: 'ort-node', label: 'ONNX Runtime, native', open: openProcess, peer: 'onnxruntime_node', threads: [1, 2]},
  {name: 'ort-web', label: 'ONNX Runtime, wasm', open: openWorker, peer: 'onnxruntime_web', threads: [1, 2], browser: true},
  {name: 'jax-js', label: 'jax-js, wasm', open: openWorker, peer: 'jax', threads: [1, 2], browser: true},
  {name: 'tfjs-wasm', label: 'TensorFlow.js, wasm', open: openWorker, peer: 'tensorflow', backend: 'wasm', threads: [1, 2], browser: true},
  {name: 'tfjs-cpu', label: 'TensorFlow.js, cpu', open: openWorker, peer: 'tensorflow', backend: 'cpu', threads: [1], browser: true, slow: true},
  {name: 'tfjs-webgl', label: 'TensorFlow.js, webgl', open: openWorker, peer: 'tensorflow', backend: 'webgl', threads: [1], browser: true, slow: true},
  {name: 'tfjs-webgpu', label: 'TensorFlow.js, webgpu', open: openWorker, peer: 'tensorflow', backend: 'webgpu', threads: [1], browser: true, slow: true},
  {name: 'convnetjs', label: 'ConvNetJS', open: openWorker, peer: 'convnetjs', threads: [1], browser: true, slow: true},
];
