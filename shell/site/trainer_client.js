import {PlaygroundError} from './errors.js';

const GONE = 'The trainer has ended; what it held is lost, and a new one is being started.';

/**
 * @typedef {{id?: number, type?: string, args: any, payloads: ArrayBuffer[], error?: {code: string, message: string, layer?: number}}} Message
 * @typedef {{payloads?: ArrayBuffer[], signal?: AbortSignal}} CallOptions
 * @typedef {{addEventListener: (type: string, listener: (event: any) => void) => void,
 *            postMessage: (message: any, transfer?: any) => void}} WorkerLike
 */

/**
 * A trainer worker as promises. Every call settles: by its reply, by its signal, or by the worker's end.
 * @param {WorkerLike} worker
 * @param {(event: Message) => void} onEvent
 * @param {(reason: string) => void} [onEnd] told once, when the worker fails or `end` is called
 */
export function connectTrainer(worker, onEvent, onEnd) {
  /** @type {Map<number, {resolve: (reply: any) => void, reject: (reason: any) => void}>} */
  const waiting = new Map();
  let lastId = 0;
  let ended = false;

  /** @param {string} reason */
  function end(reason) {
    if (ended) return;
    ended = true;
    waiting.forEach((call) => call.reject(new PlaygroundError('worker_gone', GONE, {cause: reason})));
    waiting.clear();
    onEnd?.(reason);
  }

  /**
   * @param {string} type
   * @param {any} [args]
   * @param {CallOptions} [options] payloads move: the caller's copies are empty afterwards
   * @returns {Promise<Message>}
   */
  function call(type, args = {}, {payloads = [], signal} = {}) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (ended) throw new PlaygroundError('worker_gone', GONE);
      const id = ++lastId;
      const onAbort = () => {
        waiting.delete(id);
        worker.postMessage({type: 'cancel', args: {id}, payloads: []});
        reject(signal?.reason);
      };
      /** @type {(done: (value: any) => void) => (value: any) => void} */
      const settle = (done) => (value) => {
        signal?.removeEventListener('abort', onAbort);
        done(value);
      };
      waiting.set(id, {resolve: settle(resolve), reject: settle(reject)});
      signal?.addEventListener('abort', onAbort, {once: true});
      try {
        worker.postMessage({id, type, args, payloads}, payloads);
      } catch (error) {  // what cannot be cloned: a function among the arguments, a payload that moved before
        waiting.delete(id);
        settle(reject)(new PlaygroundError('bad_argument', `${type}: ${error}`));
      }
    });
  }

  worker.addEventListener('message', ({data}) => {
    if (data.type === 'fatal') return end(data.args.message);
    if (data.id === undefined) return onEvent(data);
    const waitingCall = waiting.get(data.id);  // none: aborted, and this reply is late
    waiting.delete(data.id);
    if (data.error) waitingCall?.reject(new PlaygroundError(data.error.code, data.error.message, {layer: data.error.layer}));
    else waitingCall?.resolve(data);
  });
  for (const type of ['error', 'messageerror']) {
    worker.addEventListener(type, (event) => end(event.message ?? type));
  }
  return {call, end};
}
