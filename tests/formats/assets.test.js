// The models in assets/models are small enough to be fetched on demand, and complete.
import assert from 'node:assert/strict';
import {readdirSync, readFileSync, statSync} from 'node:fs';
import test from 'node:test';
import {fileURLToPath} from 'node:url';

import {folderFor, pictures, predict} from './cnn.js';

const FOLDER = fileURLToPath(new URL('../../assets/models/', import.meta.url));
const MOST_BYTES = 1.5e6;

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.safetensors'))) {
  test(`assets/models/${name}: half precision, less than ${MOST_BYTES} bytes, and it predicts`, (t) => {
    const path = FOLDER + name;
    assert.ok(statSync(path).size < MOST_BYTES);
    const file = readFileSync(path);
    const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE())).toString());
    const {__metadata__: notes, ...arrays} = header;
    assert.ok(Object.values(arrays).every(({dtype}) => dtype === 'F16'));
    assert.ok(JSON.parse(notes.history).length > 0, 'it says how it was trained');
    const rows = predict(path, pictures(10), folderFor(t));
    for (const row of rows) assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-4);
    assert.equal(rows[0].length, JSON.parse(notes.class_names).length);
  });
}
