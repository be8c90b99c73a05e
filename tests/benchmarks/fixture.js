// Writes the pictures and weights that all sides start from; the same bytes on every machine.
//   pictures.bin                CIFAR-10 records (3073 bytes each)
//   NETWORK.safetensors         weights under Keras's names, for each network
//   NETWORK.model.safetensors   the same with the network's configuration
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {parametersOf, withoutDropout} from './keras.js';
import {classes, count, pixels} from './tutorial.js';

export const pictureCount = 10000;  // one official batch file

/** Uniform numbers in [0, 1) from a 32-bit Weyl sequence and a mixer; quality does not matter here, repeatability does. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Noise with a tint per class: the loss falls within six steps, and no side memorizes the pictures in a slice. */
export function makePictures(n = pictureCount) {
  const next = uniform(1), bytes = Buffer.alloc(n * (1 + pixels));
  for (let i = 0, at = 0; i < n; ++i) {
    const label = Math.floor(next() * classes);
    bytes[at++] = label;
    for (let p = 0; p < pixels; ++p)
      bytes[at++] = Math.floor(next() * 224) + (((p >> (label % 5)) + label) % 2 === 0 ? 31 : 0);
  }
  return bytes;
}

/** Glorot-uniform kernels; other parameters start as parametersOf() specifies. */
export function makeWeights(parameters) {
  const next = uniform(2), weights = {};
  for (const {name, shape, initial} of parameters) {
    const values = weights[name] = new Float32Array(count(shape)).fill(initial === 'glorot' ? 0 : initial);
    if (initial !== 'glorot') continue;
    const cells = shape.length === 4 ? shape[0] * shape[1] : 1;
    const limit = Math.sqrt(6 / (cells * (shape.at(-2) + shape.at(-1))));
    for (let i = 0; i < values.length; ++i) values[i] = (2 * next() - 1) * limit;
  }
  return weights;
}

/** @param {object} [config] is stored in the metadata, as in this project's own files */
export function safetensors(weights, shapes, config) {
  const header = config ? {__metadata__: {format: 'cnn-playground', config: JSON.stringify(config)}} : {};
  let end = 0;
  for (const [name, values] of Object.entries(weights)) {
    header[name] = {dtype: 'F32', shape: shapes[name], data_offsets: [end, end + values.byteLength]};
    end += values.byteLength;
  }
  let text = JSON.stringify(header);
  text = text.padEnd(Math.ceil(text.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, Buffer.from(text), ...Object.values(weights).map((v) => Buffer.from(v.buffer))]);
}

export async function writePictures(folder) {
  await mkdir(folder, {recursive: true});
  await writeFile(path.join(folder, 'pictures.bin'), makePictures());
}

/**
 * Writes the networks' files. Returns {name: {config, checked, weights, model, optimizer}}: `checked` is `config` without
 * dropout, `weights` the file of weights, `model` the file of weights and `checked`.
 * @param {{[name: string]: {config: object, optimizer?: object}}} wanted
 */
export async function writeNetworks(folder, wanted) {
  const networks = {};
  for (const [name, {config, optimizer}] of Object.entries(wanted)) {
    const parameters = parametersOf(config), shapes = Object.fromEntries(parameters.map((p) => [p.name, p.shape]));
    const one = networks[name] = {config, checked: withoutDropout(config), weights: `${name}.safetensors`,
                                  model: `${name}.model.safetensors`, optimizer};
    const weights = makeWeights(parameters);
    await writeFile(path.join(folder, one.weights), safetensors(weights, shapes));
    await writeFile(path.join(folder, one.model), safetensors(weights, shapes, one.checked));
  }
  return networks;
}
