// Models exported by us give the same probabilities in ONNX Runtime and TensorFlow.js.
import assert from 'node:assert/strict';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';

import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-web';

import {artifacts, cnn, difference, folderFor, PICTURES, pictures, predict, sequential, trained} from './cnn.js';

const TOLERANCE = 1e-4;

// Every layer that both tools support, directly or as several operators.
const EVERY_LAYER = sequential([
  ['RandomFlip'],
  ['Conv2D', {filters: 8, kernel_size: [3, 2], padding: 'same', activation: 'relu', name: 'odd name: 1'}],
  ['BatchNormalization', {epsilon: 0.01}],
  ['DepthwiseConv2D', {kernel_size: 3, depth_multiplier: 2, activation: 'elu'}],
  ['BatchNormalization', {scale: false, center: false}],
  ['LeakyReLU', {negative_slope: 0.1}],
  ['ReLU', {negative_slope: 0.5}],
  ['Conv2D', {filters: 8, kernel_size: 1, use_bias: false, activation: 'leaky_relu'}],
  ['MaxPooling2D', {pool_size: 3, strides: 2, padding: 'same'}],
  ['Conv2D', {filters: 6, kernel_size: 3, strides: 2, padding: 'same', activation: 'elu'}],
  ['AveragePooling2D', {pool_size: 2, strides: 1, padding: 'same'}],
  ['Activation', {activation: 'sigmoid'}],
  ['Rescaling', {scale: 2, offset: -1}],
  ['Dropout', {rate: 0.5}],
  ['Flatten'],
  ['Dense', {units: 9, activation: 'gelu'}],
  ['Dense', {units: 8, use_bias: false, activation: 'relu'}],
  ['Dense', {units: 10, activation: 'tanh'}],
  ['Dense', {units: 10}],
  ['Softmax'],
]);
const MORE_LAYERS = sequential([
  ['ZeroPadding2D', {padding: [[1, 0], [2, 1]]}],
  ['SeparableConv2D', {filters: 6, kernel_size: 3, strides: 2, padding: 'same', depth_multiplier: 2, activation: 'silu'}],
  ['LayerNormalization', {epsilon: 0.01}],
  ['Conv2D', {filters: 8, kernel_size: 3, padding: [[1, 1], [1, 0]], activation: 'mish'}],
  ['PReLU', {shared_axes: [1, 2], alpha_initializer: 'ones'}],
  ['DepthwiseConv2D', {kernel_size: 3, padding: 'same', activation: 'relu6'}],
  ['BatchNormalization'],
  ['Conv2D', {filters: 8, kernel_size: 3, strides: 2, activation: 'selu'}],
  ['Flatten'],
  ['Dense', {units: 20, activation: 'softplus'}],
  ['Dense', {units: 20, activation: 'softsign'}],
  ['ReLU', {max_value: 0.9}],
  ['Dense', {units: 10, activation: 'softmax'}],
]);
const ONNX_ONLY = sequential([
  ['Normalization', {mean: [0.49, 0.48, 0.45], variance: [0.06, 0.06, 0.07]}],
  ['Dense', {units: 4, activation: 'relu'}],
  ['Conv2D', {filters: 8, kernel_size: 3}],
  ['Maxout', {pieces: 2}],
  ['SumPooling2D', {pool_size: 3, strides: 2, padding: 'same'}],
  ['MaxPooling2D', {pool_size: 3, strides: 2, padding: [[1, 1], [1, 1]]}],
  ['AveragePooling2D', {pool_size: 3, strides: 1, padding: [[1, 1], [2, 0]]}],
  ['Conv2D', {filters: 6, kernel_size: 1, activation: 'hard_sigmoid'}],
  ['Conv2D', {filters: 6, kernel_size: 1, activation: 'hard_silu'}],
  ['GlobalAveragePooling2D'],
  ['Dense', {units: 20, activation: 'gelu_new'}],
  ['Maxout', {pieces: 2}],
]);

/** @param {string} folder @param {Uint8Array} bytes */
async function byTensorFlow(folder, bytes) {
  const model = await tf.loadLayersModel({load: async () => artifacts(folder)});
  const input = tf.tensor4d(Float32Array.from(bytes), [PICTURES, 32, 32, 3]).div(255);
  return /** @type {tf.Tensor} */ (model.predict(input)).data();
}

/** @param {string} file @param {Uint8Array} bytes */
async function byOnnxRuntime(file, bytes) {
  const session = await ort.InferenceSession.create(readFileSync(file));
  const {probabilities} = await session.run({pixels: new ort.Tensor('uint8', bytes, [PICTURES, 32, 32, 3])});
  return /** @type {Float32Array} */ (probabilities.data);
}

// A sum of branches, one of which has an activation that TensorFlow.js lacks.
const GRAPH = (() => {
  /** @param {string} class_name @param {string} name @param {any} config @param {string[]} inputs */
  const layer = (class_name, name, config, ...inputs) => (
    {class_name, name, config: {name, ...config}, inbound_nodes: inputs.length > 0 ? [inputs.map((input) => [input, 0, 0, {}])] : []});
  return {class_name: 'Functional', config: {
    name: 'graph', input_layers: [['in', 0, 0]], output_layers: [['out', 0, 0]], layers: [
      layer('InputLayer', 'in', {batch_input_shape: [null, 32, 32, 3]}),
      layer('RandomFlip', 'flip', {}, 'in'),
      layer('Conv2D', 'a', {filters: 6, kernel_size: 3, padding: 'same', strides: 2, activation: 'leaky_relu'}, 'flip'),
      layer('Conv2D', 'b', {filters: 6, kernel_size: 1, strides: 2}, 'flip'),
      layer('Add', 'sum', {}, 'a', 'b', 'a'),
      layer('ReLU', 'relu', {}, 'sum'),
      layer('Concatenate', 'both', {axis: -1}, 'relu', 'b'),
      layer('GlobalMaxPooling2D', 'most', {}, 'both'),
      layer('Dense', 'weights', {units: 12, activation: 'sigmoid'}, 'most'),
      layer('Multiply', 'weighed', {}, 'both', 'weights'),
      layer('GlobalAveragePooling2D', 'mean', {}, 'weighed'),
      layer('Dense', 'out', {units: 10, activation: 'softmax'}, 'mean'),
    ]}};
})();

const models = [
  {name: 'tutorial_small', config: null, tensorflow: true},
  {name: 'resnet_small', config: null, tensorflow: null},  // TensorFlow.js takes a minute for it in Node
  {name: 'a graph', config: GRAPH, tensorflow: true},
  {name: 'every layer', config: EVERY_LAYER, tensorflow: true},
  {name: 'more layers', config: MORE_LAYERS, tensorflow: true},
  {name: 'layers that only ONNX can express', config: ONNX_ONLY, tensorflow: false},
];

for (const {name, config, tensorflow} of models) {
  test(`exported: ${name} gives the same probabilities on ${PICTURES} pictures`, async (t) => {
    const folder = folderFor(t);
    const source = config ? join(folder, 'config.json') : name;
    if (config) writeFileSync(source, JSON.stringify(config));
    const model = trained(source, folder);
    const bytes = pictures();
    const ours = predict(model, bytes, folder);
    assert.ok(new Set(ours.map((row) => row.join())).size > PICTURES / 2, 'different pictures give different probabilities');

    cnn('export', '--model', model, '--format', 'onnx', '--out', join(folder, 'model.onnx'));
    assert.ok(difference(ours, await byOnnxRuntime(join(folder, 'model.onnx'), bytes)) < TOLERANCE, 'ONNX Runtime');
    assert.ok(difference(predict(join(folder, 'model.onnx'), bytes, folder), ours.flat()) < TOLERANCE, 'our import of ONNX');

    const out = join(folder, 'tfjs');
    mkdirSync(out);
    if (tensorflow === null) return;
    if (!tensorflow) {
      assert.throws(() => cnn('export', '--model', model, '--format', 'tfjs', '--out', out), /there is no \w+ in TensorFlow.js/);
      return;
    }
    cnn('export', '--model', model, '--format', 'tfjs', '--out', out);
    assert.ok(difference(ours, await byTensorFlow(out, bytes)) < TOLERANCE, 'TensorFlow.js');
    assert.ok(difference(predict(out, bytes, folder), ours.flat()) < TOLERANCE, 'our import of TensorFlow.js');
  });
}
