// The data set of a link: nothing is downloaded from elsewhere unasked. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createSources} from '../../shell/site/data/data_sources.js';
import {createLinkData} from '../../shell/site/page/link_data.js';

const HUGGING_FACE = {kind: 'huggingface', name: 'CIFAR-10 (Hugging Face)', url: 'https://huggingface.co/datasets/uoft-cs/cifar10/resolve/main/'};

/** A page that has CIFAR-10 `beside` it, and keeps data of the source `kept`; `fetched` has what it asks the network for. */
function page({beside = false, kept = null, choice = 'load', bytes = '12300000'} = {}) {
  const loaded = [], asked = [], fetched = [];
  const sources = createSources({
    network: {
      async fetch(url, {method = 'GET'} = {}) {
        fetched.push(`${method} ${url}`);
        const own = url.startsWith('http://page/');
        return {ok: own ? beside && method === 'HEAD' : true, headers: new Headers({'content-length': bytes}), json: async () => ({})};
      },
    },
    base: new URL('http://page/'), createDataWorker: () => assert.fail(),
    keptData: {about: async () => kept && {source: kept, bytes: 1, saved: ''}, source: () => assert.fail()},
  });
  const load = createLinkData({
    loader: {load: async ({source}) => void loaded.push(source)}, sources,
    bar: {ask: (question) => (asked.push(question.text), {answer: Promise.resolve({choice, option: 0}), withdraw() {}})},
  });
  return {load, loaded, asked, foreign: () => fetched.filter((one) => !one.includes('http://page/'))};
}

for (const [what, options, wanted, source] of [
  ['sample pictures', {}, 'sample', {kind: 'sample'}],
  ['sample pictures with their arguments', {}, {kind: 'sample', seed: 3, train: 9, test: 2}, {kind: 'sample', seed: 3, train: 9, test: 2}],
  ['a few pictures of CIFAR-10 beside the page', {beside: true, bytes: '307300'}, 'cifar10', {kind: 'cifar10'}],
  ['CIFAR-10 kept in this browser', {kept: {kind: 'huggingface'}}, 'cifar10', {kind: 'cifar10'}],
]) {
  test(`${what}: loaded at once, and nothing is fetched from elsewhere`, async () => {
    const {load, loaded, asked, foreign} = page(options);
    await load(wanted);
    assert.deepEqual([loaded, asked, foreign()], [[source], [], []]);
  });
}

for (const [what, wanted, sentence, source, options = {}] of [
  ['CIFAR-10 beside the page', 'cifar10', /CIFAR-10 from this server, 184 MB\. Download it\?/, {kind: 'cifar10'}, {beside: true, bytes: '30730000'}],
  ['a part of it', {kind: 'cifar10', limit: 5000}, /CIFAR-10 from this server, 30\.7 MB\. Download it\?/, {kind: 'cifar10', limit: 5000}, {beside: true, bytes: '30730000'}],
  ['an address', 'https://x.org/a/b.zip', /https:\/\/x\.org\/a\/b\.zip, 12\.3 MB\. Download it\?/, {kind: 'url', name: 'b.zip', url: 'https://x.org/a/b.zip'}],
  ['Hugging Face', 'huggingface', /CIFAR-10 from Hugging Face, 144 MB/, {kind: 'huggingface'}],
  ['Hugging Face as a data set describes it', HUGGING_FACE, /CIFAR-10 from Hugging Face, 144 MB/, HUGGING_FACE],
  ['a mirror', {kind: 'huggingface', url: 'https://m.org/'}, /https:\/\/m\.org\//, {kind: 'huggingface', url: 'https://m.org/'}],
  ['CIFAR-10, which is not here', 'cifar10', /CIFAR-10 from Hugging Face, 144 MB/, {kind: 'huggingface'}],
]) {
  test(`${what}: the page shows name and size, and loads what is agreed to`, async () => {
    const {load, loaded, asked, foreign} = page(options);
    await load(wanted);
    assert.deepEqual(loaded, [source]);
    assert.match(asked[0], sentence);
    assert.ok(foreign().every((one) => one.startsWith('HEAD ')), foreign().join());
  });

  test(`${what}: nothing is loaded when it is not wanted`, async () => {
    const {load, loaded} = page({...options, choice: 'later'});
    await assert.rejects(load(wanted), {code: 'cancelled'});
    assert.deepEqual(loaded, []);
  });
}

test('the author\'s own files: a message, and nothing else is loaded', async () => {
  const {load, loaded, asked} = page();
  await assert.rejects(load({kind: 'files', name: 'my cats'}), {code: 'not_found', message: /author's own data \("my cats"\).*ask the link's author/});
  assert.deepEqual([loaded, asked], [[], []]);
});

test('an address that no page may open is not fetched', async () => {
  for (const url of ['file:///etc/passwd', 'data:text/plain,x', 'blob:http://page/1', 'nonsense']) {
    const {load, foreign} = page({choice: 'later'});
    await load({kind: 'url', url}).catch(() => {});
    assert.deepEqual(foreign(), []);
  }
});
