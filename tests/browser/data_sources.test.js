// Where a data set comes from. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createSources} from '../../shell/site/data/data_sources.js';

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

test('a manifest that lists files: those are beside the page', async () => {
  const {about} = await besides('{"files": [{"name": "test_batch.bin", "bytes": 3073}, {"name": "data_batch_1.bin"}]}').find({source: 'cifar10'}, none);
  assert.equal(about.kind, 'beside');
});
