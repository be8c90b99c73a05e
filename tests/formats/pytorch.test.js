// The PyTorch example of assets/docs/formats.md, and the import of a model that PyTorch exported. Needs Debian's python3-torch.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {fileURLToPath} from 'node:url';

import {difference, folderFor, pictures, predict, trained} from './cnn.js';

const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('pytorch_model.py', import.meta.url));
const TOLERANCE = 1e-4;
const missing = spawnSync(PYTHON, ['-c', 'import torch']).status !== 0 && `${PYTHON} has no torch (Debian: python3-torch)`;

/** @param {string[]} words @returns {number[][]} */
const python = (...words) => JSON.parse(execFileSync(PYTHON, [SCRIPT, ...words], {encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'inherit']}));

test('PyTorch: the tutorial network with our weights gives the same probabilities', {skip: missing}, (t) => {
  const folder = folderFor(t);
  const model = trained('tutorial', folder);
  const ours = predict(model, pictures(), folder);
  assert.ok(difference(ours, python(model, join(folder, 'pictures')).flat()) < TOLERANCE);
});

test('PyTorch: a network exported as ONNX is imported', {skip: missing}, (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'pictures'), pictures());
  const theirs = python('--onnx', join(folder, 'model.onnx'), join(folder, 'pictures'));
  assert.ok(difference(predict(join(folder, 'model.onnx'), pictures(), folder), theirs.flat()) < TOLERANCE);
});
