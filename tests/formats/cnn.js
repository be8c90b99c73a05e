// Runs the program `cnn` for the tests of file formats, and makes its inputs: pictures, folders, TensorFlow.js models.
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const PROGRAM = process.env.CNN ?? fileURLToPath(new URL('../../build/native/core/cnn', import.meta.url));
export const PICTURES = 100;
const PICTURE_BYTES = 32 * 32 * 3;

/** Runs `cnn` and returns its output; on failure throws what it wrote to stderr. @param {...string} words */
export function cnn(...words) {
  try {
    return execFileSync(PROGRAM, words, {encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe']});
  } catch (error) {
    throw new Error(/** @type {any} */ (error).stderr || error);
  }
}

/** A temporary folder that is removed after the test. @param {{after: (clean: () => void) => void}} test */
export function folderFor(test) {
  const folder = mkdtempSync(join(tmpdir(), 'cnn-formats-'));
  test.after(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
}

/** RGB bytes [n, 32, 32, 3]: stripes, blobs and noise, the same in every run. */
export function pictures(n = PICTURES) {
  const bytes = new Uint8Array(n * PICTURE_BYTES);
  let state = 1;
  for (let i = 0; i < bytes.length; ++i) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const picture = Math.floor(i / PICTURE_BYTES);
    const wave = Math.sin(i * 0.01 * (picture % 7 + 1)) * 60 + Math.sin(Math.floor(i / 96) * 0.3 + picture) * 50;
    bytes[i] = Math.max(0, Math.min(255, 128 + wave + (state >>> 27)));
  }
  return bytes;
}

/** The probabilities [n][classes] that `cnn` predicts. @param {string} model @param {Uint8Array} bytes @param {string} folder @returns {number[][]} */
export function predict(model, bytes, folder) {
  const file = join(folder, 'pictures');
  writeFileSync(file, bytes);
  return JSON.parse(cnn('predict', '--model', model, '--pictures', file));
}

/** The largest difference between two tables of probabilities. @param {number[][]} ours @param {ArrayLike<number>} theirs */
export function difference(ours, theirs) {
  const flat = ours.flat();
  if (flat.length !== theirs.length) throw new Error(`${flat.length} probabilities against ${theirs.length}`);
  return flat.reduce((largest, value, i) => Math.max(largest, Math.abs(value - theirs[i])), 0);
}

/** A briefly trained model, so that its moving averages are not just zeros and ones. @param {string} model @param {string} folder */
export function trained(model, folder) {
  const file = join(folder, 'trained.safetensors');
  cnn('train', '--model', model, '--data', 'sample', '--limit', '200', '--test-limit', '50', '--epochs', '1', '--batch-size', '20',
      '--quiet', '--save', file);
  return file;
}

/** Reads model.json and its weights from a folder, in the form that TensorFlow.js loads. @param {string} folder */
export function artifacts(folder) {
  const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const [{paths, weights}] = json.weightsManifest;
  const data = Buffer.concat(paths.map((/** @type {string} */ path) => readFileSync(join(folder, path))));
  return {
    modelTopology: json.modelTopology, userDefinedMetadata: json.userDefinedMetadata,
    weightSpecs: weights, weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
  };
}

/** Writes the result of model.save() as files. @param {any} saved @param {string} folder */
export function writeArtifacts({modelTopology, weightSpecs, weightData}, folder) {
  mkdirSync(folder, {recursive: true});
  const manifest = [{paths: ['weights.bin'], weights: weightSpecs}];
  writeFileSync(join(folder, 'model.json'), JSON.stringify({format: 'layers-model', modelTopology, weightsManifest: manifest}));
  writeFileSync(join(folder, 'weights.bin'), Buffer.from(weightData));
}

/** A Sequential configuration of layers given as [class_name, config]. @param {any[]} layers */
export function sequential(layers) {
  const input = {class_name: 'InputLayer', config: {batch_input_shape: [null, 32, 32, 3]}};
  return {class_name: 'Sequential', config: {name: 'net', layers: [input, ...layers.map(([class_name, config = {}]) => ({class_name, config}))]}};
}
