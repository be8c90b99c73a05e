// Kept trainings: each tab has its own, each says what it belongs to, and old ones make way. No browser needed.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {createFileWriter} from '../../shell/site/storage/origin_files.js';
import {createKeptTraining} from '../../shell/site/storage/kept_training.js';
import {createTab} from '../../shell/site/storage/tab.js';
import {fakeFiles, fakeLocks, fakeSession} from './fake_storage.js';

const DAY = 24 * 60 * 60 * 1000;
let ids = 0, checkpoints = 0;

/** Storage that several tabs share. `open` makes a tab, or reloads one that was closed. */
function origin(options) {
  const disk = fakeFiles(options), allLocks = fakeLocks();
  let time = Date.parse('2026-01-01');

  async function open({session = fakeSession()} = {}) {
    const locks = allLocks.client();
    const newId = () => `id${++ids}`;
    const told = [], imported = [], damaged = new Set();
    let tell = () => {}, history = [];
    const trainer = {
      observe: (listener) => { tell = listener; }, status: () => ({history: [...history]}), emit: (event) => told.push(event),
      async request(type, {files, crc32}, {payloads: [bytes]}) {
        const content = new Uint8Array(bytes)[0];
        if (damaged.has(content)) throw Object.assign(new Error('damaged'), {code: 'bad_model_file'});
        tell({type: 'model', args: {}, payloads: []});
        tell({type: 'checkpoint', args: {epoch: content, epochs: 9, name: 'n', crc32}, payloads: [bytes]});
        imported.push(content);
        return {args: {files}};
      },
    };
    const tab = createTab({sessionStorage: () => session, locks, newId});
    const id = await tab.id;
    const writeFiles = createFileWriter({storage: disk.storage, locks, createFileWorker: disk.createFileWorker});
    const keeper = createKeptTraining({storage: disk.storage, writeFiles, trainer, tab, newId, now: () => ++time});
    const say = (type, args, ...payloads) => tell({type, args, payloads});
    const checkpoint = (epoch, size = 8) => {
      history = Array.from({length: epoch}, (_, i) => ({epoch: i + 1, loss: 1 / (i + 1)}));
      say('checkpoint', {epoch, epochs: 9, name: 'n', crc32: ++checkpoints}, new Uint8Array(size).fill(epoch).buffer);
    };
    const fit = (args = {}) => say('run', {epochs: 9, history: [], global_step: 0, ...args});
    return {
      id, keeper, told, imported, damaged, say, checkpoint, fit,
      build: () => say('model', {}),
      dataset: (label, fingerprint) => say('dataset', {label, source: {kind: 'url', url: `https://x/${label}`}, fingerprint}),
      /** Trains to that epoch and keeps it. */
      async train(epoch, size) {
        fit();
        checkpoint(epoch, size);
        await keeper.written();
      },
      close: () => locks.die(),
      async reload() {
        locks.die();
        return open({session});
      },
    };
  }
  return {open, disk, later: (days) => { time += days * DAY; }};
}

const runs = (list) => list.map(({run}) => run);

test('of the checkpoints that arrive while one is written, only the last is written', async () => {
  const {open, disk} = origin();
  const page = await open();
  page.fit();
  page.checkpoint(1);
  for (const epoch of [2, 3, 4, 5]) page.checkpoint(epoch);
  await page.keeper.written();
  page.checkpoint(6);
  await page.keeper.written();
  assert.deepEqual(disk.kept().map(({epoch}) => epoch).sort(), [5, 6]);
  assert.deepEqual(page.told, []);
});

describe('the description of a stored training', () => {
  test('its run, its tab, its data with fingerprint and source, its options, its history', async () => {
    const {open, disk} = origin();
    const page = await open();
    page.dataset('cats', '12ab34cd');
    page.fit({batch_size: 7});
    page.checkpoint(2);
    await page.keeper.written();
    const [kept] = disk.kept();
    assert.deepEqual(kept.data, {label: 'cats', source: {kind: 'url', url: 'https://x/cats'}, fingerprint: '12ab34cd'});
    assert.deepEqual([kept.tab, kept.fit, kept.history.length], [page.id, {epochs: 9, batch_size: 7}, 2]);
    // Undo, after other data was loaded: the checkpoint states its own.
    page.dataset('dogs', '00000000');
    const dataOfIt = {label: 'cats', source: {kind: 'files', name: 'cats'}, fingerprint: '12ab34cd'};
    page.say('checkpoint', {epoch: 3, epochs: 9, name: 'n', crc32: 1, data: dataOfIt}, new ArrayBuffer(8));
    await page.keeper.written();
    assert.deepEqual(disk.kept().find(({epoch}) => epoch === 3).data, dataOfIt);
    assert.ok(kept.run.length > 0 && kept.saved.startsWith('2026'));
  });

  test('the data set that it was trained on, also if another one is in use before it is written', async () => {
    const {open, disk} = origin();
    const page = await open();
    page.dataset('first', '1');
    page.fit();
    page.checkpoint(1);
    page.dataset('second', '2');
    await page.keeper.written();
    assert.deepEqual(disk.kept().map(({data}) => data.label), ['first']);
  });

  test('the same run while it continues, after a reload as well; another one for new weights', async () => {
    const {open} = origin();
    let page = await open();
    const run = async () => (await page.keeper.newest()).run;
    await page.train(1);
    const first = await run();
    page.fit({global_step: 40, history: [{}]});
    page.checkpoint(2);
    await page.keeper.written();
    assert.equal(await run(), first);
    page = await page.reload();
    await page.keeper.restore();
    page.fit({global_step: 80, history: [{}, {}]});
    page.checkpoint(3);
    await page.keeper.written();
    assert.equal(await run(), first);
    page.build();
    await page.train(1);
    assert.notEqual(await run(), first);
  });
});

describe('two tabs', () => {
  test('each keeps its own, and gets its own back after a reload', async () => {
    const {open} = origin();
    const tabs = [await open(), await open()];
    for (const epoch of [1, 2, 3]) {
      await tabs[0].train(10 + epoch);
      await tabs[1].train(20 + epoch);
    }
    for (const [i, tab] of tabs.entries()) {
      const back = await tab.reload();
      await back.keeper.restore();
      assert.deepEqual(back.imported, [i === 0 ? 13 : 23]);
    }
  });

  test('a crash of one trainer gives it this tab\'s network, not the newer one of the other tab', async () => {
    const {open} = origin();
    const [one, two] = [await open(), await open()];
    await one.train(5);
    await two.train(6);
    await one.keeper.restoreOwn();
    assert.deepEqual(one.imported, [5]);
  });

  test('what a tab kept of an earlier run is not the crash\'s checkpoint', async () => {
    const {open} = origin();
    const page = await open();
    await page.train(5);
    page.build();
    page.fit();  // none of its checkpoints could be written
    await assert.rejects(page.keeper.restoreOwn(), {code: 'not_found'});
    assert.deepEqual(page.imported, []);
  });

  test('an opened model is a run of its own: it comes back after a crash, not the training before it', async () => {
    const {open, disk} = origin();
    const page = await open();
    await page.train(5);
    page.say('model', {fit: {epochs: 4}, history: [{}]});
    page.checkpoint(1);
    await page.keeper.written();
    assert.deepEqual(disk.kept().find(({epoch}) => epoch === 1).fit, {epochs: 4});
    await page.keeper.restoreOwn();
    assert.deepEqual(page.imported, [1]);
  });

  test('what is restored from a closed tab is this tab\'s own from then on', async () => {
    const {open} = origin();
    const [one, two] = [await open(), await open()];
    await one.train(5);
    one.close();
    await two.keeper.restore();
    await two.keeper.written();
    await two.keeper.restoreOwn();
    assert.deepEqual(two.imported, [5, 5]);
  });

  test('the training of a living tab is offered to no other; that of a closed tab is', async () => {
    const {open} = origin();
    const [one, two] = [await open(), await open()];
    await one.train(5);
    assert.deepEqual(await two.keeper.offered(), []);
    one.close();
    assert.deepEqual((await two.keeper.offered()).map(({epoch}) => epoch), [5]);
  });

  test('this tab\'s own comes first, then the newest of each other run', async () => {
    const {open} = origin();
    const [one, two, three] = [await open(), await open(), await open()];
    await one.train(1);
    await two.train(2);
    await three.train(3);
    two.close();
    three.close();
    const back = await one.reload();
    assert.deepEqual((await back.keeper.offered()).map(({epoch}) => epoch), [1, 3, 2]);
  });

  test('only that run is deleted; the one of an open tab stays', async () => {
    const {open, disk} = origin();
    const [one, two] = [await open(), await open()];
    await one.train(1);
    await two.train(2);
    await one.keeper.forget();
    assert.deepEqual(disk.kept().map(({epoch}) => epoch), [2]);
    await two.keeper.forget((await two.keeper.offered())[0]);
    assert.deepEqual([...disk.files.keys()], []);
  });
});

describe('a training of an earlier visit', () => {
  /** A tab that is reloaded after 3 epochs, and then trains another network for several. */
  async function reloaded() {
    const {open, disk} = origin();
    const first = await open();
    await first.train(3);
    const page = await first.reload();
    await page.train(5);
    page.fit({global_step: 40, history: [{}]});
    for (const epoch of [6, 7]) {
      page.checkpoint(epoch);
      await page.keeper.written();
    }
    return {open, disk, page};
  }

  test('stays while another one is trained without an answer to the offer', async () => {
    const {page} = await reloaded();
    const [mine, earlier] = await page.keeper.offered();
    assert.deepEqual([mine.epoch, earlier.epoch], [7, 3]);
    await page.keeper.restore(earlier);
    assert.deepEqual(page.imported, [3]);
  });

  test('both are offered after the next reload, and to other tabs once it is closed', async () => {
    const {open, page} = await reloaded();
    const other = await open();
    assert.deepEqual(await other.keeper.offered(), []);
    const back = await page.reload();
    assert.deepEqual((await back.keeper.offered()).map(({epoch}) => epoch), [7, 3]);
    back.close();
    assert.deepEqual((await other.keeper.offered()).map(({epoch}) => epoch), [7, 3]);
  });

  test('takes no room once it continues in a later one', async () => {
    const {open, disk} = origin();
    let page = await open();
    for (const epoch of [1, 2, 3, 4, 5]) {
      await page.keeper.restore().catch(() => {});
      page.fit({global_step: epoch - 1, history: []});
      page.checkpoint(epoch);
      await page.keeper.written();
      page = await page.reload();
    }
    await page.keeper.tidy();
    assert.deepEqual(disk.kept().map(({epoch}) => epoch), [5]);
  });
});

test('a training that an open tab continues is offered to no other tab', async () => {
  const {open} = origin();
  const one = await open();
  await one.train(2);
  one.close();
  const [two, three] = [await open(), await open()];
  assert.equal((await three.keeper.offered()).length, 1);
  await two.keeper.restore();
  two.fit({global_step: 40, history: [{}]});
  two.checkpoint(3);
  await two.keeper.written();
  assert.deepEqual(await three.keeper.offered(), []);
});

describe('damage', () => {
  test('of the newest: the previous one of the same run is used', async () => {
    const {open} = origin();
    const page = await open();
    page.fit();
    for (const epoch of [1, 2]) {
      page.checkpoint(epoch);
      await page.keeper.written();
    }
    page.damaged.add(2);
    await page.keeper.restore();
    assert.deepEqual(page.imported, [1]);
  });

  test('a description without its checkpoint, a checkpoint without a description, and garbage are not offered', async () => {
    const {open, disk} = origin();
    const page = await open();
    await page.train(1);
    const [, place] = /^(.*)\.json$/.exec([...disk.files.keys()].find((name) => name.endsWith('.json')));
    for (const end of ['json', 'safetensors']) disk.files.set(`other.0.${end}`, disk.files.get(`${place}.${end}`));
    disk.files.set('cut.0.json', disk.files.get(`${place}.json`));
    disk.files.set('half.0.safetensors', Buffer.from('x'));
    disk.files.set('bad.0.json', Buffer.from('{"version":2,'));
    disk.files.set('bad.0.safetensors', Buffer.from('x'));
    disk.files.set('unknown.txt', Buffer.from('x'));
    assert.deepEqual((await page.keeper.offered()).map(({tab}) => tab), [page.id]);
    await page.keeper.tidy();
    assert.deepEqual([...disk.files.keys()].sort(), [`${place}.json`, `${place}.safetensors`, 'unknown.txt'].sort());
  });

  test('those of a later version of the page are not offered, and stay', async () => {
    const {open, disk} = origin();
    for (const place of ['one.visit.0', 'two.visit.1']) {
      disk.files.set(`${place}.json`, Buffer.from(JSON.stringify({version: 3, saved: '2026-01-01T00:00:00Z', other: 'fields'})));
      disk.files.set(`${place}.safetensors`, Buffer.alloc(8, 4));
    }
    const page = await open();
    assert.deepEqual(await page.keeper.offered(), []);
    await page.train(1);
    await page.keeper.tidy();
    assert.equal([...disk.files.keys()].filter((name) => /^(one|two)/.test(name)).length, 4);
  });

  test('one of an earlier version of the page is offered, with unknown data', async () => {
    const {open, disk} = origin();
    disk.files.set('1.json', Buffer.from(JSON.stringify({version: 1, sequence: 3, epoch: 4, epochs: 5, name: 'n', crc32: 0, row: {accuracy: 0.5},
      data: {label: 'Sample pictures', kind: 'sample'}, bytes: 8, saved: '2026-01-01T00:00:00Z'})));
    disk.files.set('1.safetensors', Buffer.alloc(8, 4));
    const page = await open();
    const [kept] = await page.keeper.offered();
    assert.deepEqual(kept.data, {label: 'Sample pictures', source: {kind: 'sample', name: 'Sample pictures'}, fingerprint: null});
    assert.equal(kept.history[0].accuracy, 0.5);
    await page.keeper.restore(kept);
    assert.deepEqual(page.imported, [4]);
    await page.keeper.forget();
    assert.deepEqual([...disk.files.keys()], []);
  });
});

describe('making room', () => {
  test('a checkpoint that does not fit leaves no partial file, and the previous one stays; one message until one is written again', async () => {
    const {open, disk} = origin();
    const page = await open();
    await page.train(1);
    disk.fillAt(1000);
    for (const epoch of [2, 3]) {
      page.checkpoint(epoch, 5000);
      await page.keeper.written();
      assert.deepEqual(disk.kept().map((kept) => kept.epoch), [1]);
      assert.equal(disk.files.size, 2);
    }
    disk.fillAt(Infinity);
    page.checkpoint(4, 5000);
    await page.keeper.written();
    disk.fillAt(1000);
    page.checkpoint(5, 5000);
    await page.keeper.written();
    assert.deepEqual(page.told.map(({args}) => args.message),
                     [2, 5].map((epoch) => `Epoch ${epoch} of the training could not be kept in this browser: No storage left.`));
  });

  test('after a month the trainings of closed tabs are deleted except the last; this tab\'s own and those of open tabs stay', async () => {
    const {open, disk, later} = origin();
    const [three, four, one, two] = [await open(), await open(), await open(), await open()];
    for (const [epoch, tab] of [[3, three], [4, four], [1, one], [2, two]]) await tab.train(epoch);
    three.close();
    four.close();
    const back = await one.reload();
    later(29);
    await back.keeper.tidy();
    assert.equal(disk.kept().length, 4);
    later(2);
    await back.keeper.tidy();
    assert.deepEqual(disk.kept().map(({epoch}) => epoch).sort(), [1, 2, 4]);
    assert.equal((await back.keeper.newest()).epoch, 1);
  });

  test('of many closed tabs the newest twelve stay', async () => {
    const {open, disk} = origin();
    for (let i = 1; i <= 15; ++i) {
      const tab = await open();
      await tab.train(i);
      tab.close();
    }
    await (await open()).keeper.tidy();
    assert.deepEqual(disk.kept().map(({epoch}) => epoch).sort((a, b) => a - b), [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  });

  test('where the browser gives no more space, those of closed tabs go, the oldest first', async () => {
    const {open, disk} = origin({quota: 20_000});
    for (const epoch of [1, 2]) {
      const tab = await open();
      await tab.train(epoch, 8000);
      tab.close();
    }
    await (await open()).train(3, 8000);
    assert.deepEqual(disk.kept().map(({epoch}) => epoch).sort(), [2, 3]);
  });

  test('where writing fails although the browser promised room, those of closed tabs go, the oldest first', async () => {
    const {open, disk} = origin();
    for (const epoch of [1, 2]) {
      const closed = await open();
      await closed.train(epoch, 3000);
      closed.close();
    }
    const page = await open();
    disk.fillAt([...disk.files.values()].reduce((sum, {length}) => sum + length, 2000));
    await page.train(3, 4000);
    assert.deepEqual(disk.kept().map(({epoch}) => epoch).sort(), [2, 3]);
    assert.deepEqual(page.told, []);
  });

  test('two tabs that restored the same training at once keep both, also while one is reloaded', async () => {
    const {open, disk} = origin();
    const closed = await open();
    await closed.train(3);
    closed.close();
    const [one, two] = [await open(), await open()];
    const [kept] = await one.keeper.offered();
    await one.keeper.restore(kept);
    await two.keeper.restore(kept).catch(() => {});
    for (const [tab, epoch] of [[one, 9], [two, 5]]) {
      tab.fit({global_step: 40, history: [{}]});
      tab.checkpoint(epoch);
      await tab.keeper.written();
    }
    const back = one.reload();
    two.checkpoint(6);
    await two.keeper.written();
    assert.equal((await (await back).keeper.newest()).epoch, 9);
    assert.equal(new Set(runs(disk.kept())).size, 2);
  });

  test('a run that continues in another tab leaves no copy in the closed one', async () => {
    const {open, disk} = origin();
    const one = await open();
    await one.train(1);
    one.close();
    const two = await open();
    await two.keeper.restore();
    for (const epoch of [2, 3]) {
      two.fit({global_step: 40, history: [{}]});
      two.checkpoint(epoch);
      await two.keeper.written();
    }
    assert.deepEqual([...new Set(disk.kept().map(({tab}) => tab))], [two.id]);
    assert.equal(new Set(runs(disk.kept())).size, 1);
  });
});
