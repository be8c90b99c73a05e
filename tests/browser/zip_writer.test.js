import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'node:test';

import {fetchModel} from '../../shell/site/page/own_models.js';
import {readZip} from '../../shell/site/data/zip_reader.js';
import {writeZip} from '../../shell/site/page/zip_writer.js';

const weights = Uint8Array.from({length: 70_000}, (_, i) => i * i >> 3).buffer;
/** @type {[string, ArrayBuffer][]} */
const files = [['model.json', new TextEncoder().encode('{"a": "ö"}').buffer], ['empty', new ArrayBuffer(0)], ['gröup1.bin', weights]];

test('a zip file: our reader gets every file back', async () => {
  const entries = await readZip(writeZip(files), 'model.zip');
  assert.deepEqual(entries.map(({path}) => path), files.map(([name]) => name));
  for (const [i, entry] of entries.entries()) assert.deepEqual(await (await entry.read()).arrayBuffer(), files[i][1]);
});

test('a zip file: Python checks its sums and reads it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cnn-zip-'));
  t.after(() => rmSync(folder, {recursive: true}));
  const path = join(folder, 'model.zip');
  writeFileSync(path, Buffer.from(await writeZip(files).arrayBuffer()));
  const script = 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';
  execFileSync('python3', ['-c', script, path, folder]);
  for (const [name, content] of files) assert.deepEqual(new Uint8Array(readFileSync(join(folder, name))), new Uint8Array(content));
});

test('a zip file: the same files give the same bytes', async () => {
  assert.deepEqual(await writeZip(files).arrayBuffer(), await writeZip(files).arrayBuffer());
});

test('a model of our own is fetched from models/ beside the page', async () => {
  /** @type {string[]} */
  const asked = [];
  const fetch = /** @type {any} */ (async (/** @type {URL} */ url) => {
    asked.push(String(url));
    return new Response(url.pathname.includes('vgg_bn') ? 'weights' : null, {status: url.pathname.includes('vgg_bn') ? 200 : 404});
  });
  const environment = {fetch, base: 'https://host/cnn/'};
  const {'vgg_bn.safetensors': bytes} = await fetchModel(environment, 'vgg_bn');
  assert.equal(new TextDecoder().decode(bytes), 'weights');
  assert.deepEqual(asked, ['https://host/cnn/models/vgg_bn.safetensors']);
  await assert.rejects(fetchModel(environment, 'alexnet'), {code: 'not_found'});
  await assert.rejects(fetchModel(environment, '../secret'), {code: 'bad_argument'});
  const broken = {...environment, fetch: /** @type {any} */ (async () => { throw new TypeError('offline'); })};
  await assert.rejects(fetchModel(broken, 'vgg_bn'), {code: 'no_network'});
});
