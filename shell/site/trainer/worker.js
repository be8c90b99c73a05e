// The trainer's worker: loads the variant it is told, hands messages to the C++ dispatcher (web/trainer) and lets it train
// in slices. Between two slices it is a message channel, not a timer, that calls back: timers are throttled in background
// tabs, messages are not.
import {PlaygroundError} from '../errors.js';
import {give} from './module_messages.js';

const SLICE_MS = 12;  // how long a message may wait beyond the mini-batch that is running

const turn = new MessageChannel();
let turning = false;
/** @type {any} */
let module;
/** @type {any[]} messages that came before the module was there */
const early = [];

/**
 * The page ends this worker when it reads this. A worker that closed itself would free its lock, and on a busy page that can be
 * noticed before the message is.
 * @param {any} error
 */
function fatal(error) {
  postMessage({type: 'fatal', args: {code: error?.code, message: String(error?.message ?? error)}, payloads: []});
}

function work() {
  try {
    turning = module._trainer_run(SLICE_MS) === 1;
  } catch (error) {
    return fatal(error);
  }
  if (turning) turn.port2.postMessage(0);
}

/** @param {any} message */
function receive(message) {
  try {
    give(module, 'trainer_receive', message);
  } catch (error) {
    // What went through the module's functions left them in the middle of something; our own errors come before them.
    if (!(error instanceof PlaygroundError) || message.id === undefined) return fatal(error);
    postMessage({id: message.id, error: {code: error.code, message: error.message}, args: {}, payloads: []});
  }
  if (!turning) {
    turning = true;
    turn.port2.postMessage(0);
  }
}

/**
 * The lock is held as long as this worker lives; the page waits for it and so learns of the worker's end, however it comes.
 * @param {string} name
 */
function holdLock(name) {
  return new Promise((held, refused) => {
    navigator.locks.request(name, () => {
      held(undefined);
      return new Promise(() => {});
    }).catch(refused);
  });
}

/** @param {{module: string, threads: number, lock?: string}} args */
async function start({module: url, threads, lock}) {
  if (lock) await holdLock(lock);
  const {default: create} = await import(url);
  module = await create({
    // The worker itself is one of them. With a pool of none, what Emscripten 3.1.6 writes never starts.
    poolSize: Math.max(1, threads - 1),
    /** @param {any} message */
    send: (message) => postMessage(message, message.payloads),
    /** @param {unknown} reason */
    onAbort: fatal,
  });
  early.splice(0).forEach(receive);
}

turn.port1.onmessage = work;
addEventListener('message', ({data}) => {
  if (data.type === 'start') start(data.args).catch(fatal);
  else if (module) receive(data);
  else early.push(data);
});
