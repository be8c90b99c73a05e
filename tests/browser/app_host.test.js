// How the app's requests reach the trainer, and how they end: by a reply or by the app's cancel. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {PlaygroundError} from '../../shell/site/errors.js';
import {startApp} from '../../shell/site/page/app_host.js';

/** A fake app that records what it receives, and a fake trainer whose calls end when the test says so. */
async function hosted({replayed = [], main = async () => {}} = {}) {
  /** @type {any[]} */
  const told = [], calls = [], ends = [], failures = [];
  const heap = new Uint8Array(1 << 12);
  /** @type {any} */
  let options;
  const module = {
    HEAPU8: heap, _malloc: () => 16, _free() {}, started: true, broken: false, stopped: 0,
    /** @param {number} at @param {number} size */
    _app_receive(at, size) {
      if (module.broken) throw new WebAssembly.RuntimeError('memory access out of bounds');
      told.push(JSON.parse(new TextDecoder().decode(heap.slice(at, at + size))));
    },
    _app_open_link() { throw new WebAssembly.RuntimeError('unreachable'); },
    _app_stop: () => ++module.stopped,
  };
  /** @type {Set<(event: any) => void>} */
  const observers = new Set();
  /** @type {any} */
  const trainer = {
    observe(observer) {
      replayed.forEach(observer);
      observers.add(observer);
      return () => observers.delete(observer);
    },
    /** @param {string} type @param {any} args @param {{signal: AbortSignal}} options */
    request: (type, args, {signal}) => new Promise((resolve, reject) => {
      calls.push({type, args, resolve, reject, signal});
      signal.addEventListener('abort', () => reject(signal.reason));
    }),
  };
  const window = new EventTarget();
  const app = startApp({
    async create(given) {
      options = Object.assign(given, module);
      await main(options, module);
      return module;
    },
    canvas: /** @type {any} */ ({}), hash: '', window, trainer, pageRequests: {}, tell: ({code}) => failures.push(code), onEnd: (error) => ends.push(error.message),
  });
  const error = (fields) => window.dispatchEvent(Object.assign(new Event('error'), fields));
  return {told, calls, ends, failures, module, observers, window, error, app, send: (request) => options.send(request), abort: (reason) => options.onAbort(reason)};
}

test('the app\'s cancel ends that call of the trainer, and no other', async () => {
  const {told, calls, send, app} = await hosted();
  await app;
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

const trap = () => new WebAssembly.RuntimeError('memory access out of bounds');

for (const [what, fail] of [
  ['traps at an event', ({module, observers}) => {
    module.broken = true;
    observers.forEach((observer) => observer({type: 'step', args: {}, payloads: []}));
  }],
  ['traps at a reply', async ({module, send, calls}) => {
    const done = send({id: 1, type: 'summary', args: {}, payloads: []});
    module.broken = true;
    calls[0].resolve({args: {}, payloads: []});
    await done;
  }],
  ['aborts', ({abort}) => abort('native code called abort()')],
  ['traps in a frame', ({error}) => error({error: trap()})],
  ['overflows its stack in a frame', ({error}) => error({error: Object.assign(new RangeError('Maximum call stack size exceeded'), {stack: 'RangeError\n at wasm://wasm/00a1b2c3:wasm-function[9]'})})],
  ['fails in JavaScript that it has called', ({error}) => error({error: Object.assign(new TypeError('x is not a function'), {
    stack: 'send@http://localhost/0a1b/app.js:1:200\n@http://localhost/0a1b/app.wasm:wasm-function[12]:0x345'})})],
  ['traps at a link', async ({app}) => (await app).openLink('#x')],
]) {
  test(`an app that ${what} has ended: it is stopped, reported once, and receives nothing more`, async () => {
    const here = await hosted();
    await here.app;
    await fail(here);
    here.error({error: trap()});  // an abort is followed by its exception
    assert.equal(here.ends.length, 1, here.ends.join());
    assert.equal(here.module.stopped, 1);
    assert.equal(here.observers.size, 0);
  });
}

test('other errors of the page are not the app\'s', async () => {
  const here = await hosted();
  await here.app;
  here.error({error: new TypeError('x'), filename: 'http://localhost/0a1b/page/app_host.js'});
  here.error({error: Object.assign(new TypeError('x'), {stack: 'TypeError: x\n at http://localhost/0a1b/app.js:1:200'})});
  here.error({error: null, filename: ''});
  assert.deepEqual(here.ends, []);
});

test('a request of the app continues after the app ends: a training is not canceled', async () => {
  const here = await hosted();
  await here.app;
  const done = here.send({id: 1, type: 'fit', args: {}, payloads: []});
  here.abort('x');
  assert.equal(here.calls[0].signal.aborted, false);
  here.calls[0].resolve({args: {}, payloads: []});
  await done;
  assert.deepEqual(here.told, []);
});

for (const [type, code, wanted] of [['fit', 'diverged', ['diverged']], ['fit', 'worker_gone', []], ['inspect', 'no_model', []]]) {
  test(`what the app has asked for fails after its end: ${type}, ${code}: ${wanted.length > 0 ? 'it is reported' : 'not reported again'}`, async () => {
    const here = await hosted();
    await here.app;
    const done = here.send({id: 1, type, args: {}, payloads: []});
    here.abort('x');
    here.calls[0].reject(new PlaygroundError(code, 'no'));
    await done;
    assert.deepEqual(here.failures, wanted);
  });
}

test('a request that fails while the app runs is reported to the app only', async () => {
  const here = await hosted();
  await here.app;
  const done = here.send({id: 1, type: 'fit', args: {}, payloads: []});
  here.calls[0].reject(new PlaygroundError('diverged', 'no'));
  await done;
  assert.deepEqual([here.failures, here.told.map(({error}) => error.code)], [[], ['diverged']]);
});

test('an app that fails before it has started: its start is rejected', async () => {
  const aborts = await hosted({main: (options) => {
    options.onAbort('no memory');
    return new Promise(() => {});
  }});
  await assert.rejects(aborts.app, /no memory/);
  const wordless = await hosted({main: (options) => {
    options.onAbort('');  // what C++'s abort() says
    return new Promise(() => {});
  }});
  await assert.rejects(wordless.app, /gave up/);
  const replayed = await hosted({replayed: [{type: 'model', args: {}, payloads: []}], main: async (options, module) => { module.broken = true; }});
  await assert.rejects(replayed.app, /out of bounds/);
  const cut = await hosted({main: async (options, module) => { module.started = false; }});
  await assert.rejects(cut.app, /did not finish/);
  const refused = await hosted({main: async () => { throw new Error('no network'); }});
  await assert.rejects(refused.app, /no network/);
  for (const {ends, observers} of [aborts, wordless, replayed, cut, refused]) assert.deepEqual([ends, observers.size], [[], 0]);
});
