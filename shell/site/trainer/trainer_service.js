// The trainer as the page uses it: restarted when it ends, with events for all observers and a status.
import {PlaygroundError} from '../errors.js';

/** @typedef {ReturnType<typeof createTrainerService>} TrainerService */

/**
 * @typedef {import('./trainer_client.js').Message} Message
 * @typedef {import('./trainer_client.js').CallOptions} CallOptions
 * @typedef {{call: (type: string, args?: any, options?: CallOptions) => Promise<Message>, hello: Promise<Message>, kill: () => void}} Process
 * @typedef {(onEvent: (event: Message) => void, onEnd: (end: import('./trainer_client.js').End) => void, attempt: number) => Process} Start
 */

const STARTS_THAT_MAY_FAIL = 3;  // in a row, without an answer to hello

const STICKY = new Set(['trainer_ready', 'model', 'dataset', 'state', 'failure']);

/**
 * A trainer whose worker is replaced when it ends. Its events go to all observers and into the snapshot that `status()` returns.
 * @param {Start} start attempt: the number of failed starts in a row, so that a simpler variant can be tried
 */
export function createTrainerService(start) {
  /** @type {Set<(event: Message) => void>} */
  const observers = new Set();
  const status = blankStatus();
  /** @type {Process} */
  let process;
  let failedStarts = 0;
  let requests = 0;

  /** @type {Map<string | undefined, Message>} sticky events, the newest of each type, replayed to late subscribers */
  const sticky = new Map();

  /** @param {Message} event */
  function emit(event) {
    if (event.type === 'trainer_gone') sticky.clear();
    if (STICKY.has(event.type ?? '')) sticky.set(event.type, event);
    follow(status, event);
    for (const observer of observers) observer(event);
  }

  function launch() {
    let answered = false;
    requests = 0;
    process = start(emit, (end) => {
      if (!answered && ++failedStarts >= STARTS_THAT_MAY_FAIL) {
        emit({type: 'trainer_failed', args: {message: end.cause}, payloads: []});
        return;
      }
      emit({type: 'trainer_gone', args: end, payloads: []});
      launch();
    }, failedStarts);
    process.hello.then(({args}) => {
      answered = true;
      failedStarts = 0;
      emit({type: 'trainer_ready', args, payloads: []});
    }, () => {});
  }

  /** The reply to hello of the trainer that runs, however many starts it takes. @returns {Promise<any>} */
  const hello = () => new Promise((resolve, reject) => {
    if (status.backend) return process.hello.then(({args}) => resolve(args), reject);
    const stop = observe((event) => {
      if (event.type === 'trainer_ready') resolve(event.args);
      else if (event.type === 'trainer_failed') reject(new PlaygroundError('no_trainer', `The trainer does not start: ${event.args.message}. Reload the page, or try another browser.`));
      else return;
      stop();
    });
  });

  /** Replays the sticky events to the observer, then sends it every event. @param {(event: Message) => void} observer @returns {() => void} unsubscribes */
  function observe(observer) {
    observers.add(observer);
    sticky.forEach((event) => observer(event));
    return () => observers.delete(observer);
  }

  launch();
  return {
    hello,
    observe,
    emit,
    /** @type {Process['call']} */
    request(type, args, options) {
      ++requests;
      return process.call(type, args, options);
    },
    /** How many requests the running trainer has received, not counting hello. */
    requests: () => requests,
    /** For tests: ends the worker as a crash would. */
    kill: () => process.kill(),
    status: () => structuredClone(status),
  };
}

/** @returns {any} */
const blankStatus = () => ({
  state: 'starting', epoch: 0, epochs: 0, step: 0, steps_per_epoch: 0, loss: null, accuracy: null,
  images_per_second: 0, eta_seconds: null, history: [], backend: null,
});

const STEP_FIELDS = ['epoch', 'epochs', 'step', 'steps_per_epoch', 'loss', 'accuracy', 'images_per_second', 'eta_seconds', 'learning_rate', 'global_step'];

/**
 * Keeps the snapshot up to date.
 * @param {any} status
 * @param {Message} event
 */
function follow(status, {type, args}) {
  switch (type) {
    case 'trainer_ready':
      status.backend = args.backend;
      if (status.state === 'starting') status.state = 'empty';
      break;
    case 'trainer_gone':
      Object.assign(status, blankStatus());
      break;
    case 'trainer_failed':
      status.state = 'failed';
      break;
    case 'state':
      Object.assign(status, {state: args.state, epoch: args.epoch});
      break;
    case 'model':
      Object.assign(status, {...blankStatus(), state: status.state, backend: status.backend});
      break;
    case 'run':
      Object.assign(status, {epoch: 0, epochs: args.epochs ?? 0, step: 0, loss: null, accuracy: null, history: args.history ?? []});
      break;
    case 'step':
      for (const field of STEP_FIELDS) status[field] = args[field];
      break;
    case 'epoch':
      status.history.push(args);
      break;
  }
}
