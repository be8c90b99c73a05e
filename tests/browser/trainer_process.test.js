import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {startTrainer} from '../../shell/site/trainer/trainer_process.js';
import {FakeWorker} from './fake_worker.js';

/** Answers the newest request of this type. @param {FakeWorker} worker */
function answer(worker, type, args) {
  const {id} = worker.sent.findLast((message) => message.type === type);
  worker.say({id, args, payloads: []});
}

/** Starts a trainer whose timers fire when the test says so; `silence` returns the requested delay. */
function start(context) {
  let timer;
  context.mock.method(globalThis, 'setTimeout', (work, ms) => timer = {work, ms});
  context.mock.method(globalThis, 'clearTimeout', () => timer = undefined);
  const silence = () => {
    const {work, ms} = timer;
    work();
    return ms;
  };
  const workers = [];
  const ends = [];
  const createWorker = () => (workers.push(new FakeWorker()), workers.at(-1));
  const trainer = startTrainer({createWorker}, {module: './trainer.simd.js', threads: 1}, () => {}, (end) => ends.push(end));
  trainer.hello.catch(() => {});
  return {trainer, workers, ends, silence, waits: () => timer !== undefined};
}

describe('startTrainer', () => {
  test('a worker that answers is the only one', async (context) => {
    const {trainer, workers, waits} = start(context);
    assert.ok(waits());
    answer(workers[0], 'hello', {backend: 'this'});
    assert.equal((await trainer.hello).args.backend, 'this');
    assert.equal(workers.length, 1);
    assert.ok(!waits());
  });

  test('if a worker does not answer, another is started; the first to answer stays, and gets the requests sent in the meantime', async (context) => {
    const {trainer, workers, ends, silence} = start(context);
    const building = trainer.call('build', {preset: 'tutorial'});
    silence();
    assert.deepEqual(workers.map(({ended}) => ended), [false, false]);
    answer(workers[1], 'hello', {backend: 'second'});
    assert.equal((await trainer.hello).args.backend, 'second');
    assert.deepEqual(workers.map(({ended}) => ended), [true, false]);
    await null;
    answer(workers[1], 'build', {name: 'tutorial'});
    assert.equal((await building).args.name, 'tutorial');
    assert.deepEqual(ends, []);
  });

  test('each silence is twice as long as the previous one', (context) => {
    const {workers, silence} = start(context);
    const [first, second, third] = [silence(), silence(), silence()];
    assert.ok(first > 0);
    assert.deepEqual([second, third], [2 * first, 4 * first]);
    assert.equal(workers.length, 4);
  });

  test('a failure ends all of them, and is reported once', async (context) => {
    const {trainer, workers, ends, silence, waits} = start(context);
    silence();
    workers[1].say({type: 'fatal', args: {message: 'no memory', code: 'out_of_memory'}, payloads: []});
    workers[0].say({type: 'fatal', args: {message: 'the same'}, payloads: []});
    await assert.rejects(trainer.hello, {code: 'out_of_memory'});
    await assert.rejects(trainer.call('build'), {code: 'out_of_memory'});
    assert.deepEqual(ends.map(({cause}) => cause), ['no memory']);
    assert.ok(workers.every(({ended}) => ended));
    assert.ok(!waits());
  });

  test('ended by the page: what waits is rejected', async (context) => {
    const {trainer, workers, ends} = start(context);
    trainer.kill();
    await assert.rejects(trainer.hello, {code: 'worker_gone'});
    assert.equal(ends.length, 1);
    assert.ok(workers[0].ended);
  });
});
