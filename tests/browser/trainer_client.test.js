import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {connectTrainer} from '../../shell/site/trainer/trainer_client.js';
import {FakeWorker} from './fake_worker.js';

function connect() {
  const worker = new FakeWorker();
  const events = [];
  const ends = [];
  return {worker, events, ends, ...connectTrainer(worker, (event) => events.push(event), (reason) => ends.push(reason))};
}

describe('connectTrainer', () => {
  test('a reply settles its own call, whatever the order', async () => {
    const {worker, call} = connect();
    const first = call('build', {preset: 'tutorial'});
    const second = call('summary');
    worker.say({id: 2, args: {total: 5}, payloads: []});
    worker.say({id: 1, args: {classes: 10}, payloads: []});
    assert.equal((await first).args.classes, 10);
    assert.equal((await second).args.total, 5);
    assert.deepEqual(worker.sent[0], {id: 1, type: 'build', args: {preset: 'tutorial'}, payloads: []});
  });

  test('an error reply rejects with code and message', async () => {
    const {worker, call} = connect();
    const failing = call('fit');
    worker.say({id: 1, error: {code: 'no_data', message: 'No data.'}, args: {}, payloads: []});
    await assert.rejects(failing, {code: 'no_data', message: 'No data.'});
  });

  test('payloads move', async () => {
    const {worker, call} = connect();
    const bytes = new ArrayBuffer(8);
    const done = call('predict', {}, {payloads: [bytes]});
    assert.equal(bytes.byteLength, 0);
    assert.equal(worker.sent[0].payloads[0].byteLength, 8);
    worker.say({id: 1, args: {}, payloads: []});
    await done;
  });

  test('what cannot be sent rejects that call alone', async () => {
    const {worker, call} = connect();
    await assert.rejects(call('fit', {callback() {}}), {code: 'bad_argument'});
    const good = call('summary');
    worker.say({id: 2, args: {}, payloads: []});
    await good;
  });

  test('the worker learns often how many messages were handled, so that few can wait', () => {
    const {worker} = connect();
    for (let i = 0; i < 50; ++i) worker.say({type: 'epoch', args: {}, payloads: []});
    const seen = worker.sent.filter(({type}) => type === 'seen').map(({args}) => args.count);
    assert.deepEqual(seen, [10, 20, 30, 40, 50]);
  });

  test('messages without an id are events', () => {
    const {worker, events} = connect();
    worker.say({type: 'step', args: {step: 3}, payloads: []});
    assert.deepEqual(events, [{type: 'step', args: {step: 3}, payloads: []}]);
  });

  test('abort rejects with the reason, cancels in the worker, and a late reply is ignored', async () => {
    const {worker, call} = connect();
    const abort = new AbortController();
    const failing = call('evaluate', {}, {signal: abort.signal});
    abort.abort(new Error('enough'));
    await assert.rejects(failing, /enough/);
    assert.deepEqual(worker.sent[1], {type: 'cancel', args: {id: 1}, payloads: []});
    worker.say({id: 1, args: {}, payloads: []});
  });

  test('a signal that was already aborted sends nothing', async () => {
    const {worker, call} = connect();
    await assert.rejects(call('fit', {}, {signal: AbortSignal.abort(new Error('before'))}), /before/);
    assert.equal(worker.sent.length, 0);
  });

  test('abort after the reply does nothing', async () => {
    const {worker, call} = connect();
    const abort = new AbortController();
    const done = call('summary', {}, {signal: abort.signal});
    worker.say({id: 1, args: {}, payloads: []});
    await done;
    abort.abort();
    assert.equal(worker.sent.length, 1);
  });

  for (const [how, end] of [
    ['an error event', (worker) => worker.dispatchEvent(new Event('error'))],
    ['an unreadable message', (worker) => worker.dispatchEvent(new Event('messageerror'))],
    ['a fatal message', (worker) => worker.say({type: 'fatal', args: {message: 'unreachable executed'}})],
  ]) {
    test(`${how} rejects every call, also later ones, and is reported once`, async () => {
      const {worker, call, ends} = connect();
      const calls = [call('fit'), call('evaluate')];
      end(worker);
      end(worker);
      for (const pending of calls) await assert.rejects(pending, {code: 'worker_gone'});
      await assert.rejects(call('summary'), {code: 'worker_gone'});
      assert.equal(ends.length, 1);
    });
  }

  test('what arrives after the end is nobody\'s: a successor speaks by then', () => {
    const {worker, events, end} = connect();
    end('the worker was killed');
    worker.say({type: 'epoch', args: {epoch: 3}, payloads: []});
    assert.deepEqual(events, []);
  });
});
