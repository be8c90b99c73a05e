// The trainer as the page uses it: restarted when it ends, with events for all observers and a status.
import {PlaygroundError, withCode} from '../errors.js';

/** @typedef {ReturnType<typeof createTrainerService>} TrainerService */

/**
 * @typedef {import('./trainer_client.js').Message} Message
 * @typedef {import('./trainer_client.js').CallOptions} CallOptions
 * @typedef {{call: import('./trainer_client.js').Call, hello: Promise<{args: import('../protocol.js').Trainer}>, kill: () => void}} Process
 * @typedef {(onEvent: (event: Message) => void, onEnd: (end: import('./trainer_client.js').End) => void, attempt: number) => Process} Start
 */

const STARTS_THAT_MAY_FAIL = 3;  // in a row, without an answer to hello

const REPLACE_THE_MODEL = new Set(['build', 'import']);

/** Whether a training makes steps or validates. @param {string} state */
export const isBusy = (state) => state === 'training' || state === 'validating';
/** The same, or it is paused. @param {string} state */
export const isRunning = (state) => isBusy(state) || state === 'paused';

/**
 * A trainer whose worker is replaced when it ends. Its events go to all observers and into the snapshot that `status()` returns.
 * What one observer throws does not reach the others: it is logged and sent as a `failure` event.
 * @param {Start} start attempt: the number of failed starts in a row, so that a simpler variant can be tried
 */
export function createTrainerService(start) {
  /** @type {Set<(event: Message) => void>} */
  const observers = new Set();
  const status = blankStatus();
  /** @type {Process} */
  let process;
  let failedStarts = 0;
  let replacedModels = 0;
  const sticky = createSticky(status);
  /** @type {WeakSet<(event: Message) => void>} observers whose error has been reported */
  const faulty = new WeakSet();

  /** @param {Message} event */
  function emit(event) {
    sticky.remember(event);
    follow(status, event);
    for (const observer of observers) tell(observer, event);
  }

  /** @param {(event: Message) => void} observer @param {Message} event */
  function tell(observer, event) {
    try {
      observer(event);
    } catch (error) {
      console.error(error);
      if (faulty.has(observer)) return;
      faulty.add(observer);
      const {code, message} = withCode(error);
      emit({type: 'failure', args: {code, message: `A part of this page failed at the event "${event.type}": ${message}`}, payloads: []});
    }
  }

  function launch() {
    let answered = false;
    replacedModels = 0;
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
    for (const event of sticky.events()) tell(observer, event);
    return () => observers.delete(observer);
  }

  launch();
  return {
    hello,
    observe,
    emit,
    /** @type {Process['call']} */
    request(type, args, options) {
      if (REPLACE_THE_MODEL.has(type) && !options?.restores) ++replacedModels;
      return process.call(type, args, options);
    },
    /** How many requests replace the model of the running trainer. Those that only restore it do not count. */
    replacedModels: () => replacedModels,
    /** For tests: ends the worker as a crash would. */
    kill: () => process.kill(),
    /** A copy. Rows of the history may be a hundred thousand; they are frozen instead. */
    status: () => ({...status, history: [...status.history]}),
  };
}

const STICKY = new Set(['trainer_ready', 'model', 'dataset', 'run', 'step', 'evaluation', 'state', 'failure']);
const OF_A_TRAINING = ['run', 'step', 'evaluation'];

/**
 * The events that a late subscriber must know, the newest of each type, in the order in which they came.
 * @param {any} status
 */
function createSticky(status) {
  /** @type {Map<string, Message>} */
  const newest = new Map();

  /** @param {Message} event */
  function remember(event) {
    const {type = ''} = event;
    if (type === 'trainer_gone') newest.clear();
    if (type === 'model') OF_A_TRAINING.forEach((one) => newest.delete(one));
    if (type === 'run') newest.delete('step');
    if (!STICKY.has(type)) return;
    newest.delete(type);
    newest.set(type, event);
  }

  /** A training as it is by now: with all its epochs and steps. @param {Message} event */
  function untilNow(event) {
    if (event.type !== 'run') return event;
    const {global_step} = (newest.get('step') ?? event).args;
    return {...event, args: {...event.args, history: [...status.history], global_step}};
  }

  return {remember, events: () => [...newest.values()].map(untilNow)};
}

/** @returns {any} */
const blankStatus = () => ({
  state: 'starting', epoch: 0, epochs: 0, step: 0, steps_per_epoch: 0, loss: null, accuracy: null,
  images_per_second: 0, eta_seconds: null, history: [], backend: null,
});

const STEP_FIELDS = ['epoch', 'epochs', 'step', 'steps_per_epoch', 'loss', 'accuracy', 'images_per_second', 'eta_seconds', 'learning_rate', 'global_step'];

/** @param {any[]} rows */
const frozen = (rows) => rows.map((row) => Object.freeze(row));

/**
 * Progress of earlier epochs, shown until this visit's first step.
 * @param {any[] | null} history @param {number} [epochs] of the training, which may end within one
 */
function trainedSoFar(history, epochs = 0) {
  const {epoch = 0, loss = null, accuracy = null} = history?.at(-1) ?? {};
  return {epoch, epochs: Math.max(epoch, Math.ceil(epochs)), loss, accuracy, history: frozen(history ?? [])};
}

/**
 * Keeps the snapshot up to date.
 * @param {any} status
 * @param {Message} event
 */
function follow(status, {type, args}) {
  switch (type) {
    case 'trainer_ready':
      status.backend = Object.freeze(args.backend);
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
      Object.assign(status, {...blankStatus(), state: status.state, backend: status.backend, ...trainedSoFar(args.history, args.fit?.epochs)});
      break;
    case 'run':
      Object.assign(status, {step: 0, ...trainedSoFar(args.history, args.epochs)});
      break;
    case 'step':
      for (const field of STEP_FIELDS) status[field] = args[field];
      break;
    case 'epoch':
      status.history.push(Object.freeze(args));
      break;
  }
}
