// The runs of earlier visits in the local storage. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createKeptRuns} from '../../shell/site/storage/kept_runs.js';

/** A local storage of `room` characters, as a browser's: its keys are its own properties. */
function fakeStorage(room = 1e6) {
  const methods = {
    getItem: (key) => (Object.hasOwn(storage, key) ? storage[key] : null),
    setItem(key, value) {
      const used = Object.entries(storage).reduce((sum, [name, text]) => sum + (name === key ? 0 : text.length), 0);
      if (used + value.length > room) throw new DOMException('full', 'QuotaExceededError');
      storage[key] = value;
    },
    removeItem: (key) => void delete storage[key],
  };
  const storage = Object.create(methods);
  return storage;
}

function runs(storage) {
  let time = 0, ids = 0;
  return createKeptRuns({localStorage: () => storage, newId: () => `id${++ids}`, now: () => ++time});
}

test('what is kept is listed in the order of its beginning, on later visits as well', () => {
  const storage = fakeStorage();
  const first = runs(storage);
  const a = first.keep('', 'a1'), b = first.keep('', 'b');
  assert.equal(first.keep(a, 'a2'), a);
  assert.deepEqual(runs(storage).list(), [{key: a, run: 'a2'}, {key: b, run: 'b'}]);
  first.forget(a);
  assert.deepEqual(first.list(), [{key: b, run: 'b'}]);
});

test('a run that was deleted in another tab gets a key of its own', () => {
  const kept = runs(fakeStorage());
  const key = kept.keep('gone', 'x');
  assert.notEqual(key, 'gone');
  assert.deepEqual(kept.list(), [{key, run: 'x'}]);
});

test('at most 64 are kept: the newest', () => {
  const storage = fakeStorage();
  const kept = runs(storage);
  for (let i = 0; i < 70; ++i) kept.keep('', String(i));
  assert.deepEqual(kept.list().map(({run}) => Number(run)), Array.from({length: 64}, (_, i) => i + 6));
  assert.equal(Object.keys(storage).length, 64);
});

test('in a full storage the oldest make room; what never fits is not kept', () => {
  const kept = runs(fakeStorage(200));
  for (let i = 0; i < 9; ++i) kept.keep('', `${i}`.repeat(40));
  assert.deepEqual(kept.list().map(({run}) => run[0]), ['6', '7', '8']);
  assert.equal(kept.keep('', 'x'.repeat(300)), '');
});

test('without storage nothing is kept, and nothing fails', () => {
  const kept = createKeptRuns({localStorage: () => { throw new DOMException('no', 'SecurityError'); }, newId: () => 'x', now: () => 0});
  assert.equal(kept.keep('', 'run'), '');
  kept.forget('x');
  assert.deepEqual(kept.list(), []);
});

test('what other pages of this origin stored is left alone and not listed', () => {
  const storage = fakeStorage();
  Object.assign(storage, {'run x': 'no JSON', 'run y': '{"began": "1", "run": "r"}', 'run z': 'null', other: '1'});
  const kept = runs(storage);
  const key = kept.keep('', 'own');
  assert.deepEqual(kept.list(), [{key, run: 'own'}]);
  assert.equal(storage.other, '1');
});
