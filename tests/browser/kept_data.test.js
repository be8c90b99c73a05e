// The kept data set makes room for the next one, and stays if there is none. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createKeptData} from '../../shell/site/storage/kept_data.js';

const RECORD = 3073;

/**
 * A browser's storage with a quota. Space of deleted files counts until the browser notices, as in Chromium.
 * @param {{quota: number, others?: number}} limits others: bytes of other files
 */
function fakeStorage({quota, others = 0}) {
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  let unnoticed = 0;
  const usage = () => [...files.values()].reduce((sum, {length}) => sum + length, others + unnoticed);
  const fileOf = (name) => files.get(name) ?? assert.fail(`no ${name}`);
  const handle = (name) => ({getFile: async () => Object.assign(new Blob([fileOf(name)]), {name})});
  const directory = {
    async getFileHandle(name) {
      if (!files.has(name)) throw new Error('NotFoundError');
      return handle(name);
    },
  };
  const started = new Set();
  function append(name, bytes) {
    const before = started.has(name) ? fileOf(name) : Buffer.alloc(0);
    started.add(name);
    files.set(name, Buffer.concat([before, Buffer.from(bytes)]));
    if (usage() > quota) throw Object.assign(new Error('no storage left'), {code: 'storage_full'});
  }
  async function write({name, append: bytes, whole, finish, remove}) {
    if (bytes ?? whole) append(name, bytes ?? whole);
    if (whole) started.delete(name);
    if (finish || remove) started.clear();
    if (remove) {
      unnoticed += usage() - others - unnoticed;
      files.clear();
    }
  }
  return {
    files, usage,
    storage: {estimate: async () => ({quota, usage: usage()}), getDirectory: async () => ({getDirectoryHandle: async () => directory})},
    writeFiles: (folder, work) => work(write),
  };
}

/** Keeps data sets of so many records in a storage. @param {ReturnType<typeof fakeStorage>} fake */
function keeper({storage, writeFiles}) {
  const request = async (type, {split, offset, count} = {}) => {
    if (type === 'dataset') return {args: {fingerprint: held.fingerprint}, payloads: []};
    const total = held[split].count;
    return {args: {total, crc32: 7}, payloads: [new ArrayBuffer(RECORD * Math.min(count, total - offset))]};
  };
  const kept = createKeptData({storage, writeFiles, request});
  let held;
  return {...kept, keep: (train, test, name) => kept.save(held = {train: {count: train}, test: {count: test}, source: {kind: 'url', name}, fingerprint: name, class_names: ['a', 'b']}),
          /** The trainer gets another data set of the same size. */
          swap: () => { held = {...held, fingerprint: 'another'}; }};
}

test('a data set that fits once the old one is gone replaces it', async () => {
  const fake = fakeStorage({quota: 100 * RECORD + 4000});
  const kept = keeper(fake);
  await kept.keep(70, 20, 'first');
  await kept.keep(30, 60, 'second');
  const {source, bytes} = await kept.about();
  assert.deepEqual([source.name, bytes], ['second', 90 * RECORD]);
  assert.deepEqual([fake.files.get('train.bin').length, fake.files.get('test.bin').length], [30 * RECORD, 60 * RECORD]);
});

test('a data set that does not fit leaves the old one in place, and says what it needs and what there is', async () => {
  const fake = fakeStorage({quota: 1200 * RECORD, others: 700 * RECORD});
  const kept = keeper(fake);
  await kept.keep(300, 100, 'first');
  const before = [...fake.files];
  await assert.rejects(kept.keep(400, 200, 'second'), {code: 'storage_full', message: /needs 1\.84 MB, and the browser gives this site 3\.69 MB, of which other files use 2\.15 MB/});
  assert.equal((await kept.about()).source.name, 'first');
  assert.deepEqual([...fake.files], before);
});

test('nothing is left of a split that the next data set does not have', async () => {
  const fake = fakeStorage({quota: 1e6});
  const kept = keeper(fake);
  await kept.keep(50, 20, 'first');
  await kept.keep(40, 0, 'second');
  assert.equal(fake.files.get('test.bin').length, 0);
});

test('interrupted by another data set, no file of it remains', async () => {
  const fake = fakeStorage({quota: 1e8});
  const kept = keeper(fake);
  await kept.keep(50, 20, 'first');
  const saving = kept.keep(5000, 20, 'second');
  const third = kept.keep(10, 10, 'third');  // from now on the trainer holds this one
  await assert.rejects(saving, {code: 'cancelled'});
  await third;
  assert.equal((await kept.about()).source.name, 'third');
  assert.equal(fake.files.get('train.bin').length, 10 * RECORD);
});

test('interrupted by another data set of the same size, no file of it remains', async () => {
  const fake = fakeStorage({quota: 1e9});
  const {keep, swap} = keeper(fake);
  const keeping = keep(3000, 500, 'first');
  swap();
  await assert.rejects(keeping, {code: 'cancelled'});
  assert.deepEqual([...fake.files.keys()], []);
});
