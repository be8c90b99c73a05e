// Where a data set comes from. No browser needed.
import assert from 'node:assert/strict';
import * as buffer from 'node:buffer';
import {test} from 'node:test';

import {createSources} from '../../shell/site/data/data_sources.js';
import {zip} from './pictures.js';

globalThis.File ??= buffer.File;  // Node 18 has no global one

/** Sources beside a page whose data/manifest.json is `text`; `asked` collects the requests. */
function besides(text, asked = [], keptData = {about: async () => null, source: async () => assert.fail('nothing is kept')}, answer = () => text) {
  const fetch = async (url) => {
    asked.push(String(url));
    return new Response(answer(String(url)));
  };
  return createSources({
    network: {fetch, wait: async () => {}}, base: new URL('http://localhost/'), createDataWorker: () => assert.fail('no worker is needed'),
    keptData,
  });
}
const none = new AbortController().signal;

for (const text of ['null', '[]', '7', '"x"', 'no JSON', '{}', '{"files": null}', '{"files": "many"}', '{"files": [null, 3, {"bytes": 1}]}']) {
  test(`a manifest that is ${text}: no data is beside the page, and the error says what to do`, async () => {
    await assert.rejects(besides(text).find({source: 'cifar10'}, none), {code: 'not_found', message: /CIFAR-10 is not beside this page.*The source 'huggingface' downloads it \(144 MB\)\.$/});
    assert.equal((await besides(text).list()).beside_page, false);
  });
}

test('a copy in this browser with other pictures than those of the description is not taken', async () => {
  const source = {kind: 'files', name: 'mine'};
  const keptData = {about: async () => ({source, fingerprint: 'new'}), source: async () => ({parts: 'the copy'})};
  const {find} = besides('', [], keptData);
  assert.deepEqual(await find({source: {...source, fingerprint: 'new'}}, none), {parts: 'the copy'});
  assert.deepEqual(await find({source}, none), {parts: 'the copy'});
  await assert.rejects(find({source: {...source, fingerprint: 'old'}}, none), {code: 'not_found', message: /"mine" was loaded from files/});
});

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

test('class names next to batches go first, because they name the classes of all, also in a zip file', async () => {
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

/** The official batches, as a manifest lists them. */
const OFFICIAL = JSON.stringify({files: ['data_batch_1.bin', 'data_batch_2.bin', 'test_batch.bin'].map((name) => ({name, bytes: 30_730_000}))});

test('a large download beside the page never starts unasked; small or stored data loads at once', async () => {
  const small = JSON.stringify({files: [{name: 'data_batch_1.bin', bytes: 3073}, {name: 'test_batch.bin', bytes: 3073}]});
  const kept = {about: async () => ({source: {kind: 'beside', name: 'x'}, bytes: 1, saved: ''}), source: async () => assert.fail()};
  assert.equal((await besides(OFFICIAL).list()).unasked, 'sample');
  assert.equal((await besides('{"files": [{"name": "cifar-10-binary.tar.gz"}]}').list()).unasked, 'sample', 'of unknown size');
  assert.equal((await besides(small).list()).unasked, 'cifar10');
  assert.equal((await besides('{"files": []}').list()).unasked, 'sample');
  assert.equal((await besides(OFFICIAL, [], kept).list()).unasked, 'kept');
});

test('the sizes shown are those of the files: of all, and of the first 5,000 pictures of each split', async () => {
  const {beside_bytes: all, part, huggingface_bytes: elsewhere} = await besides(OFFICIAL).list();
  assert.deepEqual([all, part, elsewhere], [3 * 30_730_000, {pictures: 5000, bytes: 2 * 5000 * 3073}, 144e6]);
  const archive = await besides('{"files": [{"name": "cifar-10-binary.tar.gz", "bytes": 170498071}]}').list();
  assert.deepEqual([archive.beside_bytes, archive.part], [170498071, undefined]);
});

test('a limit downloads as many bytes of the batches as have those pictures', async () => {
  const record = 3073;
  const files = ['data_batch_1.bin', 'data_batch_2.bin', 'test_batch.bin'].map((name) => ({name, bytes: 10 * record}));
  const sources = besides(JSON.stringify({files}), [], undefined, (url) => (url.endsWith('.json') ? JSON.stringify({files}) : new Uint8Array(10 * record)));
  const read = [];
  const {parts} = await sources.find({source: 'cifar10', limit: 13}, none);
  for await (const {args, payloads} of parts({set: () => {}, add: () => {}}, none)) if (payloads.length) read.push([args.file, args.bytes, payloads[0].byteLength]);
  assert.deepEqual(read, [['data_batch_1.bin', 10 * record, 10 * record], ['test_batch.bin', 10 * record, 10 * record], ['data_batch_2.bin', 3 * record, 3 * record]]);
});
