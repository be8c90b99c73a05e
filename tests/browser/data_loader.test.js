// A load, and what the trainer answers while it trains. No browser needed.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {createLoader} from '../../shell/site/data/data_loader.js';
import {PlaygroundError} from '../../shell/site/errors.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const ABOUT = {kind: 'url', name: 'set'};

/**
 * A loader of a source with three parts, and a fake trainer.
 * @param {{[type: string]: (args: any) => any}} answers of the trainer; by default {}
 * @param {{between?: (signal: AbortSignal) => Promise<void>}} [options] before each part but the first
 */
function loading(answers, {between} = {}) {
  const asked = [], found = [], kept = [], events = [];
  const observers = new Set();
  const emit = (event) => {
    events.push(event);
    observers.forEach((observer) => observer(event));
  };
  const loader = createLoader({
    async request(type, args, {signal} = {}) {
      asked.push(type);
      signal?.throwIfAborted();
      const reply = await answers[type]?.(args) ?? {};
      signal?.throwIfAborted();
      return {args: reply, payloads: []};
    },
    emit, now: () => 0,
    observe(observer) {
      observers.add(observer);
      observer({type: 'dataset', args: {label: 'replayed', complete: true}, payloads: []});
      return () => observers.delete(observer);
    },
    find: async (options) => (found.push(options.source), {
      about: ABOUT,
      async *parts(progress, signal) {
        for (let i = 0; i < 3; ++i) {
          if (i > 0) await between?.(signal);
          yield {type: 'load_chunk', args: {file: `${i}.bin`, end: true}, payloads: []};
        }
      },
    }),
    keep: async (dataset) => void kept.push(dataset.label),
  });
  const states = () => events.filter(({type}) => type === 'kept').map(({args}) => args.state);
  return {loader, asked, found, kept, states, events, say: (type, args = {}) => emit({type, args, payloads: []})};
}
const MAY_JOIN = {load_begin: () => ({load: 1}), load_chunk: () => ({train: 10, test: 5, may_join: true})};
const waits = () => ({waits: true});  // load_join's answer during a training on other data

describe('a load while the trainer trains', () => {
  test('joining early waits: the load continues to its end', async () => {
    const {loader, asked, kept, events} = loading({...MAY_JOIN, load_join: waits, load_end: () => ({label: 'set'})});
    assert.equal((await loader.load({source: 'x'})).label, 'set');
    assert.deepEqual(asked.filter((type) => type !== 'load_join'), ['load_begin', 'load_chunk', 'load_chunk', 'load_chunk', 'load_end']);
    await turn();
    assert.deepEqual(kept, ['set']);
    assert.equal(events.find(({args}) => args.error), undefined);
  });

  test('a data set that is used before its load ends is the one to load again', async () => {
    const {loader} = loading({...MAY_JOIN, load_join: () => ({label: 'set'})}, {
      between: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const load = loader.load({source: 'x'});
    await turn();
    assert.equal(loader.loaded(), true);
    loader.cancel();
    await assert.rejects(load, {code: 'cancelled'});
  });

  test('every other refusal ends it', async () => {
    const {loader, asked} = loading({...MAY_JOIN, load_join: () => { throw new PlaygroundError('bad_data', 'no'); }});
    await assert.rejects(loader.load({source: 'x'}), {code: 'bad_data'});
    assert.equal(asked.at(-1), 'load_abort');
  });

  test('a complete data set that waits is kept when the trainer uses it', async () => {
    const {loader, kept, events, say} = loading({...MAY_JOIN, load_join: waits, load_end: () => ({label: 'set', waits: true})});
    assert.equal((await loader.load({source: 'x'})).waits, true);
    assert.deepEqual(events.find(({type}) => type === 'load_waits')?.args, {label: 'set'});
    say('dataset', {label: 'set', complete: false});
    say('dataset', {label: 'the one in use', complete: true});
    await turn();
    assert.deepEqual(kept, []);
    say('dataset', {label: 'set', complete: true});
    await turn();
    assert.deepEqual(kept, ['set']);
    say('dataset', {label: 'other', complete: true});
    await turn();
    assert.deepEqual(kept, ['set']);
  });

  test('it is not kept if the trainer ends before, or another data set comes first', async () => {
    for (const other of ['trainer', 'load']) {
      let first = true;
      const load_end = () => (first ? (first = false, {label: 'set', waits: true}) : {label: 'second'});
      const {loader, kept, say} = loading({...MAY_JOIN, load_join: waits, load_end});
      await loader.load({source: 'x'});
      if (other === 'trainer') say('trainer_gone', {code: 'worker_gone', message: 'gone'});
      else await loader.load({source: 'y'});
      say('dataset', {label: 'set', complete: true});
      await turn();
      assert.deepEqual(kept, other === 'trainer' ? [] : ['second']);
    }
  });
});

describe('a load and the end of its trainer', () => {
  test('it ends with it, at once, if the trainer had a part of it', async () => {
    const {loader, asked, say} = loading(MAY_JOIN, {between: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))});
    const load = loader.load({source: 'x'});
    await turn();
    say('trainer_gone', {code: 'worker_gone', message: 'The trainer ended.'});
    assert.equal(loader.loading(), true);
    // The source may be waiting for the network; what has been sent is lost anyway.
    const ended = await Promise.race([load.catch(({code}) => code), turn().then(turn)]);
    assert.equal(ended, 'worker_gone');
    assert.equal(loader.loading(), false);
    assert.ok(asked.length > 1);
  });

  test('a data set that waited for the end of a training is loaded again; if that fails, the one in use is, with a message', async () => {
    let waits = false, fails = false;
    const {loader, asked, say} = loading({...MAY_JOIN, load_join: () => ({waits: true}), load_begin: () => {
      if (fails) {
        fails = false;
        throw new PlaygroundError('network', 'No connection.');
      }
      return {load: 1};
    }, load_end: () => ({label: waits ? 'waiting' : 'set', waits})});
    await loader.load({source: 'x'});
    waits = true;
    await loader.load({source: 'y'});
    say('trainer_gone', {code: 'worker_gone', message: 'The trainer ended.'});
    waits = false;
    assert.equal(await loader.again(), 'waiting');
    assert.equal(await loader.again(), '');  // it is the data set in use now
    waits = true;
    await loader.load({source: 'z'});
    say('trainer_gone', {code: 'worker_gone', message: 'The trainer ended.'});
    fails = true;
    waits = false;
    await assert.rejects(loader.again(), {code: 'network', message: /^waiting, which waited for the end of the training, could not be loaded: No connection\./});
    assert.equal(asked.filter((one) => one === 'load_end').length, 6);
  });

  test('what the browser keeps is loaded again by its description: another tab may have stored other data since', async () => {
    const {loader, found, say} = loading({...MAY_JOIN, load_end: () => ({label: 'set', source: ABOUT, fingerprint: 'abc'})});
    await loader.load({source: 'kept'});
    say('trainer_gone', {code: 'worker_gone', message: 'The trainer ended.'});
    await loader.again();
    assert.deepEqual(found, ['kept', {...ABOUT, fingerprint: 'abc'}]);
  });

  test('loading again is not a load that anybody asked for', async () => {
    const {loader} = loading({...MAY_JOIN, load_end: () => ({label: 'set'})});
    assert.equal(await loader.again(), '');
    await loader.load({source: 'x'});
    const again = loader.again();
    assert.equal(loader.loading(), false);
    await again;
    const mine = loader.load({source: 'y'});
    assert.equal(loader.loading(), true);
    await mine;
  });
});
