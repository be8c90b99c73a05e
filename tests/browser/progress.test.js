import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {test} from 'node:test';

import {download} from '../../shell/site/data/download.js';
import {createProgress} from '../../shell/site/data/progress.js';

const SIZE = 400_000;

/** A clock that the test sets, the recorded events, and the page's work of each second until the end. */
function told() {
  const clock = {now: 0};
  const events = [];
  const second = {tick: undefined};
  const progress = createProgress(({args}) => events.push({at: clock.now, ...args}), () => clock.now, 'pictures', (work) => {
    second.tick = work;
    return () => { second.tick = undefined; };
  });
  return {clock, events, second, progress};
}

test('progress: of a server that sends slowly, what came, how fast, and how long the rest takes', async () => {
  // The server sends the next quarter once the previous one has been read.
  let sendOn = () => {};
  const server = createServer(async (request, response) => {
    response.writeHead(200, {'content-length': SIZE});
    for (let sent = 0; sent < SIZE; sent += SIZE / 4) {
      response.write(Buffer.alloc(SIZE / 4, 7));
      await new Promise((resolve) => { sendOn = resolve; });
    }
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {clock, events, progress} = told();
  let received = 0;
  const pieces = download({fetch, wait: async () => {}}, `http://127.0.0.1:${server.address().port}/pictures.bin`, {onTotal: (total) => progress.set({total})});
  for await (const {length} of pieces) {
    clock.now += length / 100;  // 100 bytes a millisecond
    progress.add(length);
    received += length;
    if (received % (SIZE / 4) === 0) {
      assert.ok(events.at(-1).received > received - SIZE / 4, 'each quarter is told before the next is sent');
      sendOn();
    }
  }
  progress.end();
  server.close();
  for (const event of events) {
    assert.equal(event.total, SIZE);
    assert.equal(event.received, event.at * 100);
    assert.ok(Math.abs(event.bytes_per_second - 100_000) < 1e-6, `${event.bytes_per_second} bytes a second`);
    assert.ok(Math.abs(event.seconds_left - (SIZE - event.received) / 100_000) < 1e-9, `${event.seconds_left} s left`);
  }
  assert.deepEqual([events.at(-1).received, events.at(-1).seconds_left, events.at(-1).done], [SIZE, 0, true]);
});

test('progress: the rate is that of the last three seconds', () => {
  const {clock, events, progress} = told();
  progress.set({total: 1_000_000});
  const run = (seconds, bytesASecond) => {
    for (let i = 0; i < seconds * 10; ++i) {
      clock.now += 100;
      progress.add(bytesASecond / 10);
    }
  };
  run(5, 100_000);
  run(5, 10_000);
  const {received, bytes_per_second, seconds_left} = events.at(-1);
  assert.deepEqual([received, bytes_per_second, seconds_left], [550_000, 10_000, 45]);
});

test('progress: without a total no time left; what comes twice is not counted over it', () => {
  const {clock, events, progress} = told();
  clock.now = 1000;
  progress.add(5000);
  assert.deepEqual([events[0].received, events[0].bytes_per_second, events[0].seconds_left], [5000, 5000, undefined]);
  progress.set({total: 4000});
  progress.end('the disk is full');
  assert.deepEqual([events[1].received, events[1].error, events[1].done], [4000, 'the disk is full', true]);
});

test('progress: where nothing comes any more the rate falls and the time left grows', () => {
  const {clock, events, second, progress} = told();
  progress.set({total: 30_000});
  for (let i = 0; i < 10; ++i) {
    clock.now += 100;
    progress.add(1000);
  }
  clock.now = 10_000;
  second.tick();
  const {received, bytes_per_second, seconds_left} = events.at(-1);
  assert.deepEqual([received, bytes_per_second, seconds_left], [10_000, 1000, 20]);
  progress.end();
  assert.equal(second.tick, undefined);
});

test('progress: at most ten events a second', () => {
  const {clock, events, progress} = told();
  for (let i = 0; i < 1000; ++i, clock.now += 1) progress.add(1);
  assert.equal(events.length, 10);
});
