// The trainer's worker: loads the variant named by the page, passes messages to the C++ dispatcher (web/trainer), and lets it
// train in slices. A message channel schedules the next slice, because timers are throttled in background tabs.
import {PlaygroundError} from '../errors.js';
import {hold} from '../worker_end.js';
import {give} from './module_messages.js';

const SLICE_MS = 12;  // how long a message may wait, plus the running mini-batch
// With few pictures a network trains a thousand epochs a second, faster than the page can show. Training then waits for the page,
// or its messages would pile up and the page would not answer any more. To store a checkpoint takes dozens of tasks of the page, each
// behind the messages that were sent before it.
const MOST_UNSEEN = 50;

const turn = new MessageChannel();
let turning = false;
let sent = 0;
let seen = 0;
let waits = false;
/** @type {any} */
let module;
/** @type {any[]} messages that arrived before the module was loaded */
const early = [];

/**
 * The page ends this worker when it receives this message. If the worker closed itself, a busy page could notice its released
 * lock before the message.
 * @param {any} error
 */
function fatal(error) {
  postMessage({type: 'fatal', args: {code: error?.code, message: String(error?.message ?? error)}, payloads: []});
}

/** @param {any} message */
function send(message) {
  ++sent;
  postMessage(message, message.payloads);
}

function work() {
  waits = sent - seen > MOST_UNSEEN;
  if (waits) return;
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
    // An error out of the module leaves it in an undefined state; our own errors are thrown before it is entered.
    if (!(error instanceof PlaygroundError) || message.id === undefined) return fatal(error);
    send({id: message.id, error: {code: error.code, message: error.message}, args: {}, payloads: []});
  }
  if (!turning) {
    turning = true;
    turn.port2.postMessage(0);
  }
}

/** @param {number} count of the messages that the page has handled */
function see(count) {
  seen = count;
  if (waits) work();
}

/** @param {{module: string, threads: number, lock?: string}} args */
async function start({module: url, threads, lock}) {
  if (lock) await hold(lock);  // the page waits for it, and thereby detects every end of the worker
  const {default: create} = await import(url);
  module = await create({
    // The worker itself is one of the threads. With an empty pool, the output of Emscripten 3.1.6 never starts.
    poolSize: Math.max(1, threads - 1),
    send,
    /** @param {unknown} reason */
    onAbort: fatal,
  });
  early.splice(0).forEach(receive);
}

turn.port1.onmessage = work;
addEventListener('message', ({data}) => {
  if (data.type === 'start') start(data.args).catch(fatal);
  else if (data.type === 'seen') see(data.args.count);
  else if (module) receive(data);
  else early.push(data);
});
