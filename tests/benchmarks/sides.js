// The measured sides. `slow` ones run with one batch size and a few steps only.
import {openNative, openProcess, openPyTorch, openWorker} from './hosts.js';
import {openTab} from './tab.js';

const all = ['tutorial', 'vgg_bn', 'speedrun'];

export const sides = [
  {name: 'tab', label: 'this page', open: openTab, threads: [1, 2], networks: all, browser: true},
  {name: 'native', label: 'this core, native', open: openNative, threads: [1, 2], networks: all},
  {name: 'pytorch', label: 'PyTorch', open: openPyTorch, threads: [1, 2], networks: all, inDoubles: true},
  {name: 'ort-node', label: 'ONNX Runtime, native', open: openProcess, peer: 'onnxruntime_node', threads: [1, 2]},
  {name: 'ort-web', label: 'ONNX Runtime, wasm', open: openWorker, peer: 'onnxruntime_web', threads: [1, 2], browser: true},
  {name: 'jax-js', label: 'jax-js, wasm', open: openWorker, peer: 'jax', threads: [1, 2], browser: true},
  {name: 'tfjs-wasm', label: 'TensorFlow.js, wasm', open: openWorker, peer: 'tensorflow', backend: 'wasm', threads: [1, 2], browser: true},
  {name: 'tfjs-cpu', label: 'TensorFlow.js, cpu', open: openWorker, peer: 'tensorflow', backend: 'cpu', threads: [1], browser: true, slow: true},
  {name: 'tfjs-webgl', label: 'TensorFlow.js, webgl', open: openWorker, peer: 'tensorflow', backend: 'webgl', threads: [1], browser: true, slow: true},
  {name: 'tfjs-webgpu', label: 'TensorFlow.js, webgpu', open: openWorker, peer: 'tensorflow', backend: 'webgpu', threads: [1], browser: true, slow: true},
  {name: 'convnetjs', label: 'ConvNetJS', open: openWorker, peer: 'convnetjs', threads: [1], browser: true, slow: true},
];
