// The programs that `cnn export` writes for PyTorch and Keras compute what `cnn` does: a sample of tests/formats/compare_scripts.py.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import test from 'node:test';
import {fileURLToPath} from 'node:url';

import {PROGRAM} from './cnn.js';

const COMPARE = fileURLToPath(new URL('compare_scripts.py', import.meta.url));
const OWN = fileURLToPath(new URL('../../.cache/python/bin/python', import.meta.url));  // requirements.txt says how it is made
const COUNT = process.env.SCRIPTS ?? '6';

for (const [target, module] of [['pytorch', 'torch'], ['keras', 'keras']]) {
  const python = [OWN, '/usr/bin/python3'].find((path) => existsSync(path) && spawnSync(path, ['-c', `import ${module}, numpy`]).status === 0);
  const missing = !python && `no Python here has ${module}: tests/formats/requirements.txt says how to get it`;
  test(`scripts: ${COUNT} random networks and trainings agree with ${target}`, {skip: missing}, () => {
    const {status, stdout, stderr} = spawnSync(/** @type {string} */ (python), [COMPARE, '--target', target, '--count', COUNT, '--cnn', PROGRAM],
        {encoding: 'utf8', env: {...process.env, TF_CPP_MIN_LOG_LEVEL: '3'}});
    assert.equal(status, 0, stdout + stderr);
  });
}
