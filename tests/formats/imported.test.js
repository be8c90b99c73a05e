// Models made by @tensorflow/tfjs: after import they give the same probabilities, or an error names the layer.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test from 'node:test';

import * as tf from '@tensorflow/tfjs';

import {difference, folderFor, PICTURES, pictures, predict, writeArtifacts} from './cnn.js';

const TOLERANCE = 1e-4;
const {layers} = tf;
const first = {inputShape: [32, 32, 3]};

/** @param {tf.layers.Layer[]} list */
const chain = (...list) => tf.sequential({layers: [...list, layers.globalAveragePooling2d({}), layers.dense({units: 5, activation: 'softmax'})]});

/** @type {{[what: string]: () => tf.LayersModel}} */
const models = {
  'conv2d, every option': () => chain(layers.conv2d({
    ...first, filters: 6, kernelSize: [3, 5], strides: [2, 1], padding: 'same', activation: 'tanh', kernelInitializer: 'heNormal',
    biasInitializer: 'randomNormal', name: 'odd-name.1/x'})),
  'conv2d without bias': () => chain(layers.conv2d({...first, filters: 4, kernelSize: 3, useBias: false, activation: 'elu'})),
  'depthwiseConv2d': () => chain(layers.depthwiseConv2d({...first, kernelSize: 3, depthMultiplier: 3, padding: 'same', activation: 'relu'})),
  'batchNormalization': () => chain(
      layers.conv2d({...first, filters: 4, kernelSize: 3}),
      layers.batchNormalization({
        epsilon: 0.01, momentum: 0.9, gammaInitializer: 'randomUniform', betaInitializer: 'randomNormal',
        movingMeanInitializer: 'randomNormal', movingVarianceInitializer: 'ones'}),
      layers.batchNormalization({scale: false, center: false, axis: 3})),
  'poolings': () => chain(
      layers.maxPooling2d({...first, poolSize: 3, strides: 2, padding: 'same'}), layers.averagePooling2d({poolSize: [2, 3], strides: 1, padding: 'same'})),
  'activations as layers': () => chain(
      layers.conv2d({...first, filters: 6, kernelSize: 3}), layers.leakyReLU({alpha: 0.2}), layers.elu({}), layers.reLU({}),
      layers.activation({activation: 'sigmoid'}), layers.softmax({axis: -1})),
  'rescaling, dropout, flatten, dense': () => tf.sequential({layers: [
    layers.inputLayer({...first, name: 'pictures'}), layers.rescaling({scale: 2, offset: -1}), layers.maxPooling2d({poolSize: 4}), layers.dropout({rate: 0.4}),
    layers.flatten({}), layers.dense({units: 8, activation: 'gelu', biasInitializer: 'randomNormal'}),
    layers.dense({units: 7, activation: 'gelu_new', useBias: false}), layers.dense({units: 4, activation: 'softmax'})]}),
  'separableConv2d, zeroPadding2d, globalMaxPooling2d': () => tf.sequential({layers: [
    layers.zeroPadding2d({...first, padding: [[1, 2], [0, 3]]}),
    layers.separableConv2d({filters: 5, kernelSize: [3, 2], strides: 2, padding: 'same', activation: 'relu', biasInitializer: 'randomNormal'}),
    layers.separableConv2d({filters: 6, kernelSize: 3, useBias: false}), layers.globalMaxPooling2d({}), layers.dense({units: 4, activation: 'softmax'})]}),
  'layerNormalization, prelu': () => chain(
      layers.conv2d({...first, filters: 6, kernelSize: 3, strides: 2}),
      layers.layerNormalization({epsilon: 0.01, gammaInitializer: 'randomUniform', betaInitializer: 'randomNormal'}),
      layers.prelu({sharedAxes: [1, 2], alphaInitializer: 'randomUniform'}), layers.prelu({alphaInitializer: 'randomUniform'}),
      layers.reLU({maxValue: 0.5})),
  'every activation': () => chain(...['swish', 'selu', 'softplus', 'softsign', 'relu6', 'mish', 'hardSigmoid'].map((activation, i) => layers.conv2d(
      {...(i === 0 ? first : {}), filters: 6, kernelSize: 1, strides: i === 0 ? 4 : 1, biasInitializer: 'randomNormal', activation: /** @type {any} */ (activation)})),
      layers.conv2d({filters: 5, kernelSize: 1, activation: /** @type {any} */ ('logSoftmax')})),
  'a graph with a product and channels side by side': () => {
    const input = tf.input({shape: [32, 32, 3]});
    const a = /** @type {tf.SymbolicTensor} */ (layers.conv2d({filters: 4, kernelSize: 3, padding: 'same'}).apply(input));
    const b = /** @type {tf.SymbolicTensor} */ (layers.conv2d({filters: 4, kernelSize: 1, activation: 'relu'}).apply(input));
    const product = /** @type {tf.SymbolicTensor} */ (layers.multiply().apply([a, b]));
    const all = layers.concatenate({axis: -1}).apply([product, a, input]);
    const row = layers.globalMaxPooling2d({}).apply(/** @type {any} */ (all));
    return tf.model({inputs: input, outputs: /** @type {any} */ (layers.dense({units: 3, activation: 'softmax'}).apply(/** @type {any} */ (row)))});
  },
  'a graph with a sum': () => {
    const input = tf.input({shape: [32, 32, 3]});
    const a = /** @type {tf.SymbolicTensor} */ (layers.conv2d({filters: 4, kernelSize: 3, padding: 'same'}).apply(input));
    const b = layers.conv2d({filters: 4, kernelSize: 1, activation: 'relu'}).apply(input);
    const sum = layers.add().apply([a, /** @type {any} */ (b), a]);
    const row = layers.flatten({}).apply(/** @type {any} */ (layers.maxPooling2d({poolSize: 8}).apply(/** @type {any} */ (sum))));
    return tf.model({inputs: input, outputs: /** @type {any} */ (layers.dense({units: 3, activation: 'softmax'}).apply(/** @type {any} */ (row)))});
  },
};

/** @param {tf.LayersModel} model @param {string} folder */
const save = (model, folder) => model.save(tf.io.withSaveHandler(async (saved) => {
  writeArtifacts(saved, folder);
  return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: /** @type {const} */ ('JSON')}};
}));

for (const [what, make] of Object.entries(models)) {
  test(`imported from TensorFlow.js: ${what}`, async (t) => {
    const folder = folderFor(t);
    const model = make();
    await save(model, join(folder, 'model'));
    const bytes = pictures();
    const input = tf.tensor4d(Float32Array.from(bytes), [PICTURES, 32, 32, 3]).div(255);
    const theirs = await /** @type {tf.Tensor} */ (model.predict(input)).data();
    assert.ok(difference(predict(join(folder, 'model'), bytes, folder), theirs) < TOLERANCE);
  });
}

/** @type {{[what: string]: [() => tf.LayersModel, RegExp]}} */
const refused = {
  'channels first': [() => tf.sequential({layers: [
    layers.conv2d({inputShape: [3, 32, 32], filters: 4, kernelSize: 3, dataFormat: 'channelsFirst', name: 'my_conv'}), layers.flatten({}),
    layers.dense({units: 3})]}), /my_conv: data_format .*channels_first/],
  'an unsupported layer': [() => chain(layers.upSampling2d({...first, name: 'grow'})), /grow: there is no layer "UpSampling2D"/],
  'a dilated convolution': [() => chain(layers.conv2d({...first, filters: 2, kernelSize: 2, dilationRate: 2, name: 'c7'})), /c7: dilation_rate/],
};

for (const [what, [make, says]] of Object.entries(refused)) {
  test(`imported from TensorFlow.js: ${what} is refused by name`, async (t) => {
    const folder = folderFor(t);
    await save(make(), join(folder, 'model'));
    assert.throws(() => predict(join(folder, 'model'), pictures(1), folder), says);
  });
}
