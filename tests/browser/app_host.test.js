// How the app's requests reach the trainer, and how they end: by a reply or by the app's cancel. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {startApp} from '../../shell/site/page/app_host.js';

/** A fake app that records what it receives, and a fake trainer whose calls end when the test says so. */
async function hosted() {
  /** @type {any[]} */
  const told = [], calls = [];
  const heap = new Uint8Array(1 << 12);
  /** @type {any} */
  let send;
  const module = {
    HEAPU8: heap, _malloc: () => 16, _free() {},
    /** @param {number} at @param {number} size */
    _app_receive: (at, size) => told.push(JSON.parse(new TextDecoder().decode(heap.slice(at, at + size)))),
  };
  /** @type {any} */
  const trainer = {
    observe() {},
    /** @param {string} type @param {any} args @param {{signal: AbortSignal}} options */
    request: (type, args, {signal}) => new Promise((resolve, reject) => {
      calls.push({type, args, resolve});
      signal.addEventListener('abort', () => reject(signal.reason));
    }),
  };
  await startApp({create: async (/** @type {any} */ options) => ({send} = options, module), canvas: /** @type {any} */ ({}), trainer, pageRequests: {}});
  return {told, calls, send};
}

test('the app\'s cancel ends that call of the trainer, and no other', async () => {
  const {told, calls, send} = await hosted();
  const first = send({id: 1, type: 'inspect', args: {what: 'top'}, payloads: []});
  const second = send({id: 2, type: 'inspect', args: {what: 'maps'}, payloads: []});
  await send({id: 3, type: 'cancel', args: {id: 1}, payloads: []});
  await first;
  calls[1].resolve({args: {what: 'maps'}, payloads: []});
  await second;
  assert.equal(calls.length, 2);
  assert.deepEqual(told.find(({id}) => id === 1).error.code, 'cancelled');
  assert.deepEqual(told.find(({id}) => id === 2).args, {what: 'maps'});
  await send({id: 4, type: 'cancel', args: {id: 2}, payloads: []});  // it has already ended
  assert.deepEqual(told.map(({id}) => id).sort(), [1, 2, 3, 4]);
});
