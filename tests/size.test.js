// What a visitor downloads, compressed as static hosts do: the page, the app, and the largest trainer.
import assert from 'node:assert/strict';
import {readFile, readdir} from 'node:fs/promises';
import {join, relative} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {brotliCompressSync, constants, gzipSync} from 'node:zlib';

const BUDGET = 1.4e6;  // bytes with gzip; hosts that support brotli send less
const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

const brotli = (bytes) => brotliCompressSync(bytes, {params: {[constants.BROTLI_PARAM_QUALITY]: 9}}).length;

async function measure() {
  const parts = new Map();
  for (const entry of await readdir(DIST, {recursive: true, withFileTypes: true})) {
    const path = relative(DIST, join(entry.parentPath ?? entry.path, entry.name));
    if (!entry.isFile() || /^(data|models)\//.test(path) || /\/(hyparquet_compressors\.js|notices\.txt)$/.test(path)) continue;  // those are fetched on request
    const bytes = await readFile(DIST + path);
    const [, part = 'page'] = /(?:^|\/)(app|trainer\.[\w-]+)\.(?:wasm|js|worker\.js)$/.exec(path) ?? [];
    const sum = parts.get(part) ?? {bytes: 0, gzip: 0, brotli: 0};
    parts.set(part, {
      bytes: sum.bytes + bytes.length, gzip: sum.gzip + gzipSync(bytes, {level: 9}).length, brotli: sum.brotli + brotli(bytes),
    });
  }
  return parts;
}

test('page, app and trainer together stay within 1.4 MB compressed', async (t) => {
  const parts = await measure();
  const trainers = [...parts.keys()].filter((part) => part.startsWith('trainer.'));
  assert.ok(parts.has('page') && parts.has('app') && trainers.length > 0, `dist/ is not complete: ${[...parts.keys()]}`);
  const kB = (n) => `${(n / 1000).toFixed(1)} kB`;
  for (const [part, {bytes, gzip, brotli}] of parts) t.diagnostic(`${part}: ${kB(bytes)}, gzip ${kB(gzip)}, brotli ${kB(brotli)}`);
  const total = (kind) => parts.get('page')[kind] + parts.get('app')[kind] + Math.max(...trainers.map((part) => parts.get(part)[kind]));
  t.diagnostic(`together: gzip ${kB(total('gzip'))}, brotli ${kB(total('brotli'))}, budget ${kB(BUDGET)}`);
  assert.ok(total('gzip') < BUDGET, `${total('gzip')} bytes are more than ${BUDGET}`);
});
