import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

test('the page: its JSDoc types hold', () => {
  const tests = fileURLToPath(new URL('..', import.meta.url));
  const {status, stdout} = spawnSync(`${tests}node_modules/.bin/tsc`, ['-p', `${tests}tsconfig.json`], {encoding: 'utf8'});
  assert.equal(status, 0, stdout);
});
