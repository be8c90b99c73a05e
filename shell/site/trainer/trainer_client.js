// Calls to the trainer's worker as promises.
import {PlaygroundError} from '../errors.js';

const SEEN_EVERY = 10;
const REFUSED = 'out_of_memory';
/** The codes of calls whose trainer ended. */
export const ENDS = {
  worker_gone: 'The trainer ended unexpectedly. A new one is starting.',
  [REFUSED]: 'The browser gave the trainer no more memory, so it ended. A new one is starting. ' +
             'A smaller batch, model or data set needs less.',
};

/**
 * Why a worker ended: `code` for programs, a sentence for people, and the browser's own message or the page's reason.
 * @typedef {{code: keyof typeof ENDS, message: string, cause: string}} End
 *
 * @typedef {{id?: number, type?: string, args: any, payloads: ArrayBuffer[], error?: {code: string, message: string, layer?: number}}} Message
 * @typedef {import('../protocol.js').Requests} Requests
 * @typedef {import('../protocol.js').Replies} Replies
 * @typedef {{payloads?: ArrayBuffer[], signal?: AbortSignal, restores?: boolean}} CallOptions
 * @typedef {<T extends keyof Requests>(type: T, args?: Requests[T], options?: CallOptions) => Promise<{args: Replies[T], payloads: ArrayBuffer[]}>} Call
 * `restores`: the call restores what an ended trainer had; every other request has priority over it (trainer_service.js).
 * @typedef {{addEventListener: (type: string, listener: (event: any) => void) => void,
 *            postMessage: (message: any, transfer?: any) => void}} WorkerLike
 */

/**
 * A trainer worker as promises. Every call settles: by its reply, by its signal, or by the worker's end.
 * @param {WorkerLike} worker
 * @param {(event: Message) => void} onEvent
 * @param {(end: End) => void} [onEnd] called once, when the worker fails or `end` is called
 */
export function connectTrainer(worker, onEvent, onEnd) {
  /** @type {Map<number, {resolve: (reply: any) => void, reject: (reason: any) => void}>} */
  const waiting = new Map();
  let lastId = 0;
  let handled = 0;  // messages; the worker waits for the page by this count (worker.js)
  /** @type {End | undefined} */
  let ended;
  /** @param {End} end */
  const goneError = ({code, message, cause}) => new PlaygroundError(code, message, {cause});

  /** @param {string} cause @param {string} [code] */
  function end(cause, code) {
    if (ended) return;
    const known = code === REFUSED ? REFUSED : 'worker_gone';
    const why = ended = {code: known, message: ENDS[known], cause};
    waiting.forEach((call) => call.reject(goneError(why)));
    waiting.clear();
    onEnd?.(why);
  }

  /**
   * @template {keyof Requests} T
   * @param {T} type
   * @param {Requests[T]} [args]
   * @param {CallOptions} [options] payloads are transferred: the caller's are empty afterwards
   * @returns {Promise<{args: Replies[T], payloads: ArrayBuffer[]}>}
   */
  function call(type, args = /** @type {any} */ ({}), {payloads = [], signal} = {}) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (ended) throw goneError(ended);
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
      } catch (error) {  // something cannot be cloned: a function in the arguments, or a payload transferred before
        waiting.delete(id);
        settle(reject)(new PlaygroundError('bad_argument',
            `${type}: its arguments cannot be sent to the trainer; expected numbers, strings, lists and objects of these.`, {cause: error}));
      }
    });
  }

  worker.addEventListener('message', ({data}) => {
    if (ended) return;  // sent before the end was known; its successor has taken over
    if (data.type === 'fatal') return end(data.args.message, data.args.code);
    if (++handled % SEEN_EVERY === 0) worker.postMessage({type: 'seen', args: {count: handled}, payloads: []});
    if (data.id === undefined) return onEvent(data);
    const waitingCall = waiting.get(data.id);  // undefined: the call was aborted before this reply
    waiting.delete(data.id);
    if (data.error) waitingCall?.reject(new PlaygroundError(data.error.code, data.error.message, {layer: data.error.layer}));
    else waitingCall?.resolve(data);
  });
  for (const type of ['error', 'messageerror']) {
    worker.addEventListener(type, (event) => end(event.message ?? type));
  }
  return {call, end};
}
