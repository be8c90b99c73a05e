// A new trainer gets back what the ended one had, unless somebody asks for something else first. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createLoader} from '../../shell/site/data/data_loader.js';
import {PlaygroundError} from '../../shell/site/errors.js';
import {createRestoringTrainer, recoverTrainer} from '../../shell/site/page/trainer_recovery.js';
import {createTrainerService} from '../../shell/site/trainer/trainer_service.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * The page's parts around a trainer that answers at once, except requests of a type that a test holds. `written` and `read` are
 * the waits for storage.
 */
async function pageWith({empty = false, trained = true, read = async () => {}, written = async () => {}} = {}) {
  let start = () => {}, say, end;
  const asked = [], held = new Map(), told = [];
  const answers = {
    load_sample: ({train}) => ({label: `sample ${train}`, complete: true}),
    build: ({config}) => (say({type: 'model', args: {config}, payloads: []}), {config}),
    import: ({files}) => (say({type: 'model', args: {config: files[0]}, payloads: []}), {history: [{epoch: 7}]}),
  };
  const service = createTrainerService((onEvent, onEnd) => {
    [say, end] = [onEvent, onEnd];
    return {
      hello: new Promise((resolve) => { start = () => resolve({args: {backend: {}}}); }),
      async call(type, args = {}, {signal} = {}) {
        signal?.throwIfAborted();
        asked.push(`${type} ${args.config ?? args.files ?? args.train ?? ''}`.trim());
        if (held.has(type)) await held.get(type).wait();
        signal?.throwIfAborted();
        return {args: answers[type]?.(args) ?? {}, payloads: []};
      },
      kill: () => onEnd({code: 'worker_gone', message: 'gone', cause: 'test'}),
    };
  });
  const loader = createLoader({request: service.request, emit: service.emit, observe: service.observe, now: () => 0, find: async () => assert.fail(), keep: async () => {}});
  const trainer = createRestoringTrainer(service);
  const keptTraining = {
    written,
    async restoreOwn() {
      await read();
      return (await trainer.request('import', {files: ['kept']})).args;
    },
  };
  recoverTrainer({trainer, loader, keptTraining});
  service.observe(({type, args}) => type === 'failure' && told.push(args));
  if (!empty) {
    await loader.load({source: 'sample', limit: 20});
    await service.request('build', {config: 'mine'});
  }
  if (trained && !empty) service.emit({type: 'checkpoint', args: {}, payloads: []});
  start();
  await turn();
  asked.length = 0;
  return {
    service, loader, asked, told, answers, start: () => start(), say: (type, args = {}) => say({type, args, payloads: []}),
    /** The trainer ends, and its successor starts. */
    crash: async () => {
      service.kill();
      start();
      await turn();
    },
    /** @param {string} type */
    hold(type) {
      const wait = gate();
      held.set(type, wait);
      return () => (held.delete(type), wait.open());
    },
  };
}
/** A promise and what ends it. */
function gate() {
  let open = () => {};
  const closed = new Promise((resolve) => { open = resolve; });
  return {wait: () => closed, open};
}
const settled = async () => { for (let i = 0; i < 5; ++i) await turn(); };

for (const [trained, back] of [[true, 'import kept'], [false, 'build mine']]) {
  test(`a load that runs when the trainer ends replaces only the data (${back})`, async () => {
    const page = await pageWith({trained});
    page.service.kill();
    const loaded = page.loader.load({source: 'sample', limit: 99});
    page.start();
    await loaded;
    await settled();
    assert.deepEqual(page.asked.sort(), [back, 'load_sample 99']);
    assert.doesNotMatch(page.told[0].message, /not restored/);
  });
}

test('a load that runs when the trainer ends, and then fails: the previous data are loaded again', async () => {
  const page = await pageWith();
  const opened = page.hold('load_sample');
  page.service.kill();
  page.answers.load_sample = ({train}) => {
    if (train === 99) throw new PlaygroundError('network', 'unplugged');
    return {label: `sample ${train}`, complete: true};
  };
  const loaded = page.loader.load({source: 'sample', limit: 99});
  page.start();
  await settled();
  opened();
  await assert.rejects(loaded, {code: 'network'});
  await settled();
  assert.deepEqual(page.asked.sort(), ['import kept', 'load_sample 20', 'load_sample 99']);
});

test('data and checkpoint are restored, with a message', async () => {
  const page = await pageWith();
  await page.crash();
  await settled();
  assert.deepEqual(page.asked, ['load_sample 20', 'import kept']);
  assert.deepEqual(page.told.map(({code, message}) => [code, message]), [['worker_gone', 'The trainer ended unexpectedly and was restarted. The training is as it was after epoch 7.']]);
});

test('without a checkpoint the network is built again', async () => {
  const page = await pageWith({trained: false});
  await page.crash();
  await settled();
  assert.deepEqual(page.asked, ['load_sample 20', 'build mine']);
  assert.match(page.told[0].message, /no checkpoint to restore: the model has new weights/);
});

for (const [moment, options] of [
  ['while checkpoints are still being written', () => ({written: gate()})],
  ['while the checkpoint is read', () => ({read: gate()})],
]) {
  for (const [what, ask, mine] of [
    ['built', ({service}) => service.request('build', {config: 'other'}), 'build other'],
    ['imported', ({service}) => service.request('import', {files: ['other']}), 'import other'],
  ]) {
    test(`what is ${what} ${moment} stays, with a message`, async () => {
      const gates = options();
      const page = await pageWith(Object.fromEntries(Object.entries(gates).map(([name, {wait}]) => [name, wait])));
      await page.crash();
      await ask(page);
      Object.values(gates).forEach(({open}) => open());
      await settled();
      assert.ok(page.asked.includes(mine), page.asked.join());
      assert.ok(!page.asked.includes('import kept'), page.asked.join());
      assert.match(page.told[0].message, /was restarted\. Another network was built, opened or trained in the meantime, so the previous one was not restored\.$/);
    });
  }

  test(`a data set that is loaded ${moment} stays, and the network comes back`, async () => {
    const gates = options();
    const page = await pageWith(Object.fromEntries(Object.entries(gates).map(([name, {wait}]) => [name, wait])));
    await page.crash();
    await page.loader.load({source: 'sample', limit: 99});
    Object.values(gates).forEach(({open}) => open());
    await settled();
    assert.equal(page.asked.filter((one) => one.startsWith('load_sample')).at(-1), 'load_sample 99');
    assert.ok(page.asked.includes('import kept'), page.asked.join());
    assert.match(page.told[0].message, /as it was after epoch 7\.$/);
  });

  test(`a training that begins ${moment} is not disturbed`, async () => {
    const gates = options();
    const page = await pageWith(Object.fromEntries(Object.entries(gates).map(([name, {wait}]) => [name, wait])));
    await page.crash();
    page.say('run', {epochs: 5});
    Object.values(gates).forEach(({open}) => open());
    await settled();
    assert.ok(!page.asked.includes('import kept'), page.asked.join());
    assert.match(page.told[0].message, /trained in the meantime/);
  });
}

test('a training that the trainer knows of before the page does: its refusal is not a failure of the recovery', async () => {
  const page = await pageWith();
  page.answers.import = () => {
    page.say('run', {epochs: 5});
    throw new PlaygroundError('busy', 'A training run is not finished.');
  };
  await page.crash();
  await settled();
  assert.match(page.told[0].message, /trained in the meantime/);
});

for (const moment of ['checkpoints are still being written', 'the checkpoint is read']) {
  test(`a build that fails while ${moment} replaces nothing: the network comes back`, async () => {
    const wait = gate();
    const page = await pageWith({[moment === 'the checkpoint is read' ? 'read' : 'written']: wait.wait});
    page.answers.build = () => { throw new PlaygroundError('bad_config', 'No.'); };
    page.answers.summary = () => { throw new PlaygroundError('no_model', 'None.'); };
    await page.crash();
    await assert.rejects(page.service.request('build', {config: 'broken'}), {code: 'bad_config'});
    wait.open();
    await settled();
    assert.deepEqual(page.asked.slice(-2), ['summary', 'import kept']);
    assert.match(page.told[0].message, /as it was after epoch 7\.$/);
  });
}

test('a request sent after the import comes after it, and the message says so', async () => {
  const page = await pageWith();
  const release = page.hold('import');
  await page.crash();
  await page.service.request('build', {config: 'other'});
  release();
  await settled();
  assert.deepEqual(page.asked, ['load_sample 20', 'import kept', 'build other', 'summary']);
  assert.match(page.told[0].message, /not restored/);
});

test('requests that change nothing do not stop it', async () => {
  const read = gate();
  const page = await pageWith({read: read.wait});
  await page.crash();
  for (const type of ['dataset', 'summary', 'inspect', 'hello', 'schedule']) await page.service.request(type);
  read.open();
  await settled();
  assert.ok(page.asked.includes('import kept'));
  assert.match(page.told[0].message, /as it was after epoch 7/);
});

test('a second end during the recovery: its own load does not count as the user\'s, and one message is sent', async () => {
  const page = await pageWith();
  const release = page.hold('load_sample');
  await page.crash();
  await page.crash();
  release();
  await settled();
  assert.deepEqual(page.asked.slice(-2), ['load_sample 20', 'import kept']);
  assert.deepEqual(page.told.map(({message}) => message), ['The trainer ended unexpectedly and was restarted. The training is as it was after epoch 7.']);
});

test('data that cannot be loaded again: the training is restored anyway, both are reported', async () => {
  const page = await pageWith();
  page.answers.load_sample = () => { throw new PlaygroundError('network', 'No connection.'); };
  await page.crash();
  await settled();
  assert.match(page.told[0].message, /as it was after epoch 7\. Its data could not be loaded again: No connection\.$/);
});

test('a checkpoint that cannot be read is reported', async () => {
  const page = await pageWith({read: async () => { throw new PlaygroundError('bad_model_file', 'It is damaged.'); }});
  await page.crash();
  await settled();
  assert.match(page.told[0].message, /Its training could not be restored: It is damaged: the model has new weights\.$/);
  assert.equal(page.asked.at(-1), 'build mine');
});

test('a data set that waited for the end of the training is loaded, with a message', async () => {
  const page = await pageWith();
  page.answers.load_sample = ({train}) => ({label: `sample ${train}`, complete: true, waits: true});
  await page.loader.load({source: 'sample', limit: 30});
  page.answers.load_sample = ({train}) => ({label: `sample ${train}`, complete: true});
  page.asked.length = 0;
  await page.crash();
  await settled();
  assert.deepEqual(page.asked, ['load_sample 30', 'import kept']);
  assert.match(page.told[0].message, /after epoch 7\. sample 30, which waited for the end of the training, is now the data set\.$/);
});

test('a trainer that ends before anything was built or loaded: nothing to say', async () => {
  const page = await pageWith({empty: true});
  await page.crash();
  await settled();
  assert.deepEqual([page.asked, page.told], [[], []]);
});
