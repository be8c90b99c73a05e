import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';
import {posix} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

test('the page: its JSDoc types hold', () => {
  const tests = fileURLToPath(new URL('..', import.meta.url));
  const {status, stdout} = spawnSync(`${tests}node_modules/.bin/tsc`, ['-p', `${tests}tsconfig.json`], {encoding: 'utf8'});
  assert.equal(status, 0, stdout);
});

test('the page: modules import only from their own room and those before it (shell/site/README.md)', () => {
  const ORDER = [['protocol.js', 'errors.js', 'features.js', 'build_info.js', 'service_worker.js'], ['trainer'], ['data'], ['storage'], ['playground.js'], ['page'], ['main.js']];
  const site = fileURLToPath(new URL('../../shell/site/', import.meta.url));
  /** The position in ORDER of a path in the site. */
  const rank = (path) => ORDER.findIndex((names) => names.includes(path.split('/')[0]));
  const files = readdirSync(site, {recursive: true}).map((path) => path.replaceAll('\\', '/')).filter((path) => /\.js$/.test(path) && !/hyparquet/.test(path));
  assert.ok(files.length > 30);
  let imports = 0;
  for (const path of files) {
    assert.ok(rank(path) >= 0, `${path}: in no room`);
    for (const [, target] of readFileSync(site + path, 'utf8').matchAll(/(?:\bfrom |\bimport\()'(\.[^']+)'/g)) {
      const imported = posix.join(posix.dirname(path), target);
      assert.ok(rank(imported) <= rank(path), `${path} imports ${imported}`);
      ++imports;
    }
  }
  assert.ok(imports > 80);
});
