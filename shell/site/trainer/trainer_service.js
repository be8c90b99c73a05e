import {PlaygroundError} from '../errors.js';

/** @typedef {ReturnType<typeof createTrainerService>} TrainerService */

/**
 * @typedef {import('./trainer_client.js').Message} Message
 * @typedef {import('./trainer_client.js').CallOptions} CallOptions
 * @typedef {{call: (type: string, args?: any, options?: CallOptions) => Promise<Message>, hello: Promise<Message>, kill: () => void}} Process
 * @typedef {(onEvent: (event: Message) => void, onEnd: (end: import('./trainer_client.js').End) => void, attempt: number) => Process} Start
 */

const STARTS_THAT_MAY_FAIL = 3;  // in a row, without an answer to hello

const STANDING = new Set(['trainer_ready', 'model', 'dataset', 'state', 'failure']);

/**
 * The trainer as the page knows it: a worker that is replaced when it ends, its events handed to everybody who listens, and
 * the snapshot `status()` returns.
 * @param {Start} start attempt counts the failed starts in a row, so that a simpler variant can be tried
 */
export function createTrainerService(start) {
  /** @type {Set<(event: Message) => void>} */
  const observers = new Set();
  const status = blankStatus();
  /** @type {Process} */
  let process;
  let failedStarts = 0;
  let requests = 0;

  /** @type {Map<string | undefined, Message>} the newest of those that say how things are, for whoever comes later */
  const standing = new Map();

  /** @param {Message} event */
  function emit(event) {
    if (event.type === 'trainer_gone') standing.clear();
    if (STANDING.has(event.type ?? '')) standing.set(event.type, event);
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

  /** The first answer of the trainer that runs, however many starts that takes. @returns {Promise<any>} */
  const hello = () => new Promise((resolve, reject) => {
    if (status.backend) return process.hello.then(({args}) => resolve(args), reject);
    const stop = observe((event) => {
      if (event.type === 'trainer_ready') resolve(event.args);
      else if (event.type === 'trainer_failed') reject(new PlaygroundError('no_trainer', `The trainer does not start: ${event.args.message}`));
      else return;
      stop();
    });
  });

  /** The observer first hears how things stand. @param {(event: Message) => void} observer @returns {() => void} ends it */
  function observe(observer) {
    observers.add(observer);
    standing.forEach((event) => observer(event));
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
    /** How many requests the running trainer got, hello aside. */
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
