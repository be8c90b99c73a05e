// Where a data set comes from. No browser needed.
import assert from 'node:assert/strict';
import * as buffer from 'node:buffer';
import {test} from 'node:test';

import {createSources} from '../../shell/site/data/data_sources.js';
import {zip} from './pictures.js';

globalThis.File ??= buffer.File;  // Node 18 has no global one

/** Sources beside a page whose data/manifest.json is `text`; `asked` collects the requests. */
function besides(text, asked = []) {
  const fetch = async (url) => {
    asked.push(String(url));
    return new Response(text);
  };
  return createSources({
    network: {fetch, wait: async () => {}}, base: new URL('http://localhost/'), createDataWorker: () => assert.fail('no worker is needed'),
    keptData: {about: async () => null, source: async () => assert.fail('nothing is kept')},
  });
}
const none = new AbortController().signal;

for (const text of ['null', '[]', '7', '"x"', 'no JSON', '{}', '{"files": null}', '{"files": "many"}', '{"files": [null, 3, {"bytes": 1}]}']) {
  test(`a manifest that is ${text}: no data is beside the page, and the error says what to do`, async () => {
    await assert.rejects(besides(text).find({source: 'cifar10'}, none), {code: 'not_found', message: /CIFAR-10 is not beside this page.*The source 'huggingface' downloads it \(144 MB\)\.$/});
    assert.equal((await besides(text).list()).beside_page, false);
  });
}

test('CIFAR-10 is not downloaded from elsewhere unless that is asked for', async () => {
  const asked = [];
  await assert.rejects(besides('{"files": []}', asked).find({source: 'cifar10'}, none), {code: 'not_found'});
  assert.deepEqual(asked.filter((url) => !url.startsWith('http://localhost/')), []);
});

/** The names of what a source sends, in order, and what its report leaves out. */
async function sent(source) {
  const names = [];
  for await (const {args} of source.parts({set: () => {}, add: () => {}}, none)) if (args.end) names.push(args.file);
  return {names, left_out: source.report().left_out};
}

test('class names beside batches go first, as they name the classes of all, also in a zip file', async () => {
  const given = (path, content) => ({path, file: new File([content], path)});
  const batch = new Uint8Array(3073);
  const files = [given('x/data_batch_1.bin', batch), given('x/readme.html', '-'), given('x/batches.meta.txt', 'a\nb\n')];
  const {names, left_out} = await sent(await besides('').find({source: files}, none));
  assert.deepEqual(names, ['x/batches.meta.txt', 'x/data_batch_1.bin']);
  assert.deepEqual(left_out, [{why: 'files beside the batches', count: 1, names: ['x/readme.html']}]);
  const zipped = zip({'x/data_batch_1': Buffer.from([0x80, 2]), 'x/batches.meta': Buffer.from([0x80, 2])});
  assert.deepEqual((await sent(await besides('').find({source: [given('x.zip', zipped)]}, none))).names, ['x/batches.meta', 'x/data_batch_1']);
});

test('a manifest that lists files: those are beside the page', async () => {
  const {about} = await besides('{"files": [{"name": "test_batch.bin", "bytes": 3073}, {"name": "data_batch_1.bin"}]}').find({source: 'cifar10'}, none);
  assert.equal(about.kind, 'beside');
});
