// "Restore it": the training continues with its own data, or with what the user chooses in words. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {PlaygroundError} from '../../shell/site/errors.js';
import {createGoingOn} from '../../shell/site/page/going_on.js';
import {offerTrainings} from '../../shell/site/page/training_offer.js';

const turns = async () => { for (let i = 0; i < 8; ++i) await new Promise((resolve) => setImmediate(resolve)); };
const SAMPLE = {label: 'Sample pictures', source: {kind: 'sample', seed: 3, train: 100, test: 20}, fingerprint: '00000001'};
const CATS = {label: 'cats', source: {kind: 'files', name: 'cats'}, fingerprint: '00000002'};
const KEPT = {version: 2, run: 'r', tab: 't', epoch: 2, epochs: 5, data: SAMPLE};

/** A page with the data set `loaded`; `loads` says what a source gives: a data set or an error. */
function page({loaded = CATS, loads = () => SAMPLE, keptData = null, chosen = ['file'], download} = {}) {
  const asked = [], done = [], observers = new Set();
  let answer = () => {}, replaced = 0, loading = Promise.resolve();
  const say = (type, args = {}) => observers.forEach((observer) => observer({type, args}));
  const use = (data) => say('dataset', {...data, train: {count: 9}});
  const goOn = createGoingOn({
    trainer: {observe: (observer) => (observers.add(observer), () => observers.delete(observer)), replacedModels: () => replaced},
    loader: {
      settled: () => loading,
      async load({source, ...how}) {
        done.push(['load', source]);
        if (Object.values(how).some((value) => value !== undefined)) done.push(['how', how]);
        const data = loads(source);
        if (data instanceof Error) throw data;
        use(data);
      },
    },
    keptData: async () => keptData,
    offer: async (source) => ({source, unasked: !download, title: '', ...download}),
    restore: async (kept) => void done.push(['restore', kept.run]),
    fit: async () => void done.push(['fit']),
    bar: {
      ask(question) {
        asked.push(question);
        const given = new Promise((resolve) => { answer = (choice) => resolve({choice, option: 0}); });
        return {answer: given, withdraw: () => answer(undefined)};
      },
    },
    chooseFiles: async () => chosen,
  });
  if (loaded) use(loaded);
  return {goOn, asked, done, use, say, end: () => (say('trainer_gone'), replaced = 0), answer: (choice) => answer(choice), build: () => ++replaced, wait: (promise) => { loading = promise; }};
}
const WENT_ON = [['restore', 'r'], ['fit']];

test('its data is in use: it continues, and nothing is loaded or asked', async () => {
  const {goOn, asked, done} = page({loaded: SAMPLE});
  await goOn(KEPT);
  assert.deepEqual([done, asked], [WENT_ON, []]);
});

test('other data is in use: its own is loaded first, with its arguments', async () => {
  const {goOn, asked, done} = page();
  await goOn(KEPT);
  assert.deepEqual([done, asked], [[['load', SAMPLE.source], ...WENT_ON], []]);
});

test('its data is what the browser keeps: that is loaded', async () => {
  const {goOn, done} = page({loaded: SAMPLE, loads: () => CATS, keptData: {fingerprint: CATS.fingerprint}});
  await goOn({...KEPT, data: CATS});
  assert.deepEqual(done, [['load', 'kept'], ...WENT_ON]);
});

test('data that is arriving is waited for', async () => {
  const there = page({loaded: null});
  there.wait(turns().then(() => there.use(SAMPLE)));
  await there.goOn(KEPT);
  assert.deepEqual(there.done, WENT_ON);
});

for (const [choice, outcome] of [['continue', WENT_ON], ['later', []]]) {
  test(`its data cannot be loaded: it says why, and does what the user chooses (${choice})`, async () => {
    const {goOn, asked, done, answer} = page({loaded: SAMPLE, loads: () => new PlaygroundError('not_found', 'Files cannot be opened again.')});
    const going = goOn({...KEPT, data: CATS});
    await turns();
    assert.match(asked[0].text, /made on cats\. Files cannot be opened again\./);
    assert.deepEqual(asked[0].choices, {load: 'Choose its files', continue: 'Continue on Sample pictures', later: 'Not now'});
    answer(choice);
    await going;
    assert.deepEqual(done.slice(1), outcome);
  });
}

for (const [bytes, size] of [[184e6, '184 MB'], [undefined, 'size unknown']]) {
  test(`its data is a large download: its size is named, and nothing is loaded before that is agreed to (${size})`, async () => {
    const {goOn, asked, done, answer} = page({loaded: CATS, download: {bytes}});
    const going = goOn(KEPT);
    await turns();
    assert.deepEqual(done, []);
    assert.match(asked[0].text, /made on Sample pictures\. Its data is not kept in this browser\./);
    assert.deepEqual(asked[0].choices, {download: `Download it (${size})`, load: 'Choose its files', continue: 'Continue on cats', later: 'Not now'});
    answer('download');
    await going;
    assert.deepEqual(done, [['load', SAMPLE.source], ...WENT_ON]);
  });
}

test('a large download that fails, or brings other pictures: it says why and asks again, without the download', async () => {
  const {goOn, asked, done, answer} = page({loads: () => new PlaygroundError('no_network', 'The connection ended.'), download: {bytes: 184e6}});
  const going = goOn(KEPT);
  await turns();
  answer('download');
  await turns();
  assert.match(asked[1].text, /The connection ended\./);
  assert.deepEqual(Object.keys(asked[1].choices), ['load', 'continue', 'later']);
  answer('later');
  await going;
  assert.deepEqual(done, [['load', SAMPLE.source]]);
});

test('files of the user\'s computer are no download', async () => {
  const {goOn, asked, answer} = page({loaded: SAMPLE, loads: () => new PlaygroundError('not_found', 'Files cannot be opened again.'), download: {}});
  const going = goOn({...KEPT, data: CATS});
  await turns();
  assert.deepEqual(Object.keys(asked[0].choices), ['load', 'continue', 'later']);
  answer('later');
  await going;
});

test('files that are not its data are rejected with a message; with the right ones it continues', async () => {
  const gives = [SAMPLE, CATS];
  const {goOn, asked, done, answer} = page({loaded: SAMPLE, loads: (source) => (source.kind ? new PlaygroundError('not_found', 'no') : gives.shift())});
  const going = goOn({...KEPT, data: CATS});
  await turns();
  answer('load');
  await turns();
  assert.match(asked[1].text, /The chosen files have different pictures\./);
  answer('load');
  await going;
  assert.deepEqual(done.slice(-2), WENT_ON);
});

test('the files that are chosen are read as its data was: as many pictures, with the same labels', async () => {
  const few = {...CATS, source: {...CATS.source, limit: 9, labels: 'coarse'}};
  const {goOn, done, answer} = page({loaded: SAMPLE, loads: (source) => (source.kind ? new PlaygroundError('not_found', 'no') : few)});
  const going = goOn({...KEPT, data: few});
  await turns();
  answer('load');
  await going;
  assert.deepEqual(done.slice(1), [['load', ['file']], ['how', {limit: 9, labels: 'coarse'}], ...WENT_ON]);
});

test('its data, loaded in another way while the question is open, answers it', async () => {
  const {goOn, done, use} = page({loaded: SAMPLE, loads: () => new PlaygroundError('not_found', 'no')});
  const going = goOn({...KEPT, data: CATS});
  await turns();
  use(CATS);
  await going;
  assert.deepEqual(done.slice(-2), WENT_ON);
});

test('a URL that now has different pictures is not accepted as its data', async () => {
  const {goOn, asked, done, answer} = page({loads: () => ({...SAMPLE, fingerprint: 'ffffffff'})});
  const going = goOn(KEPT);
  await turns();
  assert.match(asked[0].text, /now has different pictures/);
  answer('later');
  await going;
  assert.deepEqual(done, [['load', SAMPLE.source]]);
});

test('one of an earlier version of the page, whose pictures are not known, is never continued without a word', async () => {
  const {goOn, asked, done, answer} = page({loaded: SAMPLE});
  const going = goOn({...KEPT, version: 1, data: {...SAMPLE, fingerprint: null}});
  await turns();
  assert.match(asked[0].text, /does not say which pictures/);
  answer('continue');
  await going;
  assert.deepEqual(done.slice(-2), WENT_ON);
});

test('a network built while the data loads stays, with a message', async () => {
  const there = page({loads: () => (there.build(), SAMPLE)});
  await assert.rejects(there.goOn(KEPT), {code: 'busy', message: /was not restored/});
  assert.deepEqual(there.done, [['load', SAMPLE.source]]);
});

test('a training that began and ended while the data loads is not replaced', async () => {
  const there = page({loads: () => (there.say('run'), SAMPLE)});
  await assert.rejects(there.goOn(KEPT), {code: 'busy', message: /trained in the meantime/});
  assert.deepEqual(there.done, [['load', SAMPLE.source]]);
});

test('a training that begins while the data loads, which then waits for its end: no question about different pictures', async () => {
  const there = page({loads: () => (there.say('run'), CATS)});
  await assert.rejects(there.goOn(KEPT), {code: 'busy'});
  assert.deepEqual(there.asked, []);
});

test('a training that begins while a question about its data is open ends the question', async () => {
  const there = page({loads: () => new PlaygroundError('not_found', 'no')});
  const going = there.goOn(KEPT);
  await turns();
  there.say('run');
  await assert.rejects(going, {code: 'busy'});
  assert.equal(there.asked.length, 1);
});

test('a training that began and ended while the saved one is looked up is not replaced', async () => {
  const there = page({loaded: SAMPLE});
  const going = there.goOn(turns().then(() => KEPT));
  there.say('run');
  await assert.rejects(going, {code: 'busy'});
  assert.deepEqual(there.done, []);
});

test('a trainer that ends before its data is loaded is no network that somebody built', async () => {
  const there = page({loads: () => (there.end(), SAMPLE)});
  there.build();
  await there.goOn(KEPT);
  assert.deepEqual(there.done.slice(1), WENT_ON);
});

test('a trainer that ends while its data loads: no question about other data', async () => {
  const there = page({loads: () => (there.end(), new PlaygroundError('worker_gone', 'It ended.'))});
  await assert.rejects(there.goOn(KEPT), {code: 'worker_gone'});
  assert.deepEqual(there.asked, []);
});

test('a training that has all its epochs is restored and not trained', async () => {
  const {goOn, done} = page({loaded: SAMPLE});
  await goOn({...KEPT, epoch: 5});
  assert.deepEqual(done, [['restore', 'r']]);
});

/** An offer of the trainings `list`, whose question a test answers. */
function offer(list, restore = async () => {}) {
  const asked = [], told = [];
  let say = () => {}, answer = () => {};
  const question = {answer: null, withdraw: () => answer('withdrawn')};
  offerTrainings({
    bar: {
      ask: ({text}) => {
        asked.push(text);
        return {...question, answer: new Promise((resolve) => { answer = (choice) => resolve({choice, option: 0}); })};
      },
    },
    observe: (observer) => (say = observer, () => {}),
    offered: async () => [...list], restore, forget: async () => void list.shift(), tell: ({message}) => told.push(message),
  });
  return {
    asked, told, say: (type, args = {}) => say({type, args}),
    answer: async (choice) => {
      await turns();
      answer(choice);
      await turns();
    },
  };
}
const SAVED = {...KEPT, name: 'net', history: [], saved: '2026-01-01'};

test('an offer that could not be kept is made again, with the reason', async () => {
  const restored = [];
  const {asked, told, answer} = offer([SAVED], async (kept) => {
    if (restored.push((await kept).run) === 1) throw new PlaygroundError('worker_gone', 'The trainer ended.');
  });
  await answer('restore');
  assert.deepEqual([told, asked.length], [['The trainer ended.'], 2]);
  await answer('restore');
  assert.deepEqual([restored, asked.length], [['r', 'r'], 2]);
});

for (const [what, ...event] of [['trained', 'run'], ['opened', 'model', {history: null}]]) {
  test(`an offer ends when another network is ${what}; building one to look at it leaves it open`, async () => {
    const {asked, told, say, answer} = offer([SAVED], async () => assert.fail());
    await turns();
    say('model', {config: {}});
    say(...event);
    await answer('restore');
    assert.deepEqual([told, asked.length], [[], 1]);
  });
}

test('a training that was offered and is then taken by another tab: a message says so, and the others are offered', async () => {
  const list = [SAVED, {...SAVED, run: 'other'}];
  const {asked, told, answer} = offer(list, async (kept) => assert.fail(await kept));
  await turns();
  list.shift();
  await answer('restore');
  assert.match(told[0], /restored in another tab/);
  assert.match(asked[1], /^Your training is saved/);
});

test('one of several is deleted: the others are offered', async () => {
  const {asked, answer} = offer([SAVED, {...SAVED, run: 'other'}]);
  await answer('forget');
  assert.deepEqual(asked.map((text) => text.slice(0, 10)), ['2 training', 'Your train']);
});
