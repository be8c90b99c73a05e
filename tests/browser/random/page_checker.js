// Runs in the page before its own scripts: performs calls of `playground`, and checks after each event and each answer what must
// hold. random_page.js drives it.

/** @param {{codes: {[call: string]: string[]}, failures: string[], states: string[], base: string}} rules base: of the test's own files */
export function installChecker({codes, failures, states, base}) {
  /** @type {{kind: string, text: string}[]} */
  const violations = [];
  /** @param {string} kind @param {any} text */
  function violate(kind, text) {
    if (violations.length < 20) violations.push({kind, text: String(text).slice(0, 500)});
  }
  let broken = false;  // a step has broken the app's memory, so that its code throws
  addEventListener('unhandledrejection', ({reason}) => {
    if (!broken) violate('unhandled rejection', reason?.stack ?? reason);
  });

  // Must not appear in a message: JavaScript leaking through (undefined, NaN, TypeError).
  const RAW = /undefined|\bNaN\b|\[object|TypeError|ReferenceError|is not a function|Cannot read|not iterable|could not be cloned|std::|\bnull\b \(/;
  const QUOTED = /\bis NaN; expected|, not NaN\./g;  // an argument that was NaN
  /** @param {string} where @param {any} text */
  function sentence(where, text) {
    if (typeof text !== 'string' || text.length < 5 || RAW.test(text.replace(QUOTED, ''))) violate('not a sentence', `${where}: ${text}`);
  }

  /** Every number in an answer is finite. @param {string} where @param {any} value */
  function finite(where, value) {
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) violate('not finite', `${where}: ${value}`);
    } else if (value instanceof Float32Array) {
      const at = value.findIndex((number) => !Number.isFinite(number));
      if (at >= 0) violate('not finite', `${where}[${at}]: ${value[at]}`);
    } else if (value && typeof value === 'object' && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) {
      for (const [name, one] of Object.entries(value)) finite(`${where}.${name}`, one);
    }
  }
  /** Numbers that JSON would have as null if they were not finite. @param {string} where @param {any} object @param {string[]} names */
  function numbers(where, object, names) {
    for (const name of names) if (!Number.isFinite(object?.[name])) violate('not finite', `${where}.${name}: ${object?.[name]}`);
  }

  // ---- what the events say
  const seen = {gone: 0, runs: 0, models: 0, datasets: 0, kept: 0, evaluations: 0};
  let told = 'starting';  // the newest state
  let runsOn = false;  // it and the one before are of a training that runs
  let wild = false;  // weights of a training with a rate that may make them infinite
  let awake = false;  // there was input to the app, which may request anything
  /** @type {any} the newest validation, as long as nothing has replaced data or weights behind it */
  let validated;
  /** @type {any} */
  let dataset;
  /** @type {any} */
  let run;
  let checkpointStep = -1;  // steps trained at the newest checkpoint of the present model
  let lastStep = -1;
  let rows = 0;  // of the history
  /** @type {any} */
  let words;  // of the text version
  let loads = false;  // also without a call, of dropped files

  /** @param {string} selector */
  const textOf = (selector) => document.querySelector(selector)?.textContent ?? '';

  /** The snapshot and the text version agree with the events. @param {string} after */
  function agree(after) {
    const status = playground.status();
    if (!states.includes(status.state)) violate('illegal state', `${status.state} after ${after}`);
    if (status.state !== told) violate('status', `${status.state} after ${after}; the events say ${told}`);
    if (status.history.length !== rows) violate('status', `${status.history.length} rows after ${after}; the events say ${rows}`);
    finite(`status after ${after}`, status);
    const {epoch, epochs, step, steps_per_epoch, accuracy, loss} = status;
    if (loss !== null && (step > steps_per_epoch || epoch > Math.ceil(epochs) || accuracy < 0 || accuracy > 1)) {
      violate('status', `after ${after}: epoch ${epoch} of ${epochs}, step ${step} of ${steps_per_epoch}, accuracy ${accuracy}`);
    }
    const busy = ['training', 'validating'].includes(status.state);
    // Shown together, a little later; a training may begin just after the page seemed to be at rest.
    if (!words || ['step', 'epoch', 'evaluation'].includes(after) || (after === 'state' && runsOn) || (after === 'rest' && busy)) return;
    if (textOf('#plain-status') !== words(status)) violate('words', `“${textOf('#plain-status')}” after ${after}; status() is “${words(status)}”`);
    const disabled = ['plain-train', 'plain-pause', 'plain-stop'].map((id) => document.getElementById(id)?.getAttribute('aria-disabled') === 'true').join();
    const expected = [busy || status.state === 'empty', !busy, !busy && status.state !== 'paused'].join();
    if (disabled !== expected) violate('words', `buttons ${disabled} in ${status.state} after ${after}; expected ${expected}`);
    const shown = Math.max(0, document.querySelectorAll('#plain-history tr').length - 1);
    if (rows > 0 && after === 'state' && shown !== Math.min(rows, 200)) violate('words', `${shown} rows of ${rows} after ${after}`);
  }

  /** @type {{[type: string]: (args: any) => void}} */
  const follow = {
    trainer_ready: () => { if (told === 'starting') told = 'empty'; },
    trainer_gone: () => { told = 'starting'; ++seen.gone; [rows, validated, dataset, run, checkpointStep, lastStep] = [0, undefined, undefined, undefined, -1, -1]; },
    trainer_failed: ({message}) => violate('trainer failed', message),
    state: ({state}) => { [told, runsOn] = [state, [told, state].every((one) => ['training', 'validating'].includes(one))]; },
    model: ({history}) => { ++seen.models; [rows, validated, checkpointStep, lastStep, wild] = [history?.length ?? 0, undefined, -1, -1, false]; },
    dataset: (args) => { ++seen.datasets; [dataset, validated] = [args, undefined]; },
    run(args) {
      ++seen.runs;
      [rows, validated, run] = [args.history?.length ?? 0, undefined, args];
      if (!(args.learning_rate === undefined || args.learning_rate === null || args.learning_rate <= 1)) wild = true;
      lastStep = args.global_step;
    },
    step(args) {
      if (!run) violate('events', 'step without run');
      numbers('step', args, ['epoch', 'epochs', 'step', 'steps_per_epoch', 'accuracy', 'images_per_second', 'learning_rate', 'global_step', ...(wild ? [] : ['loss'])]);
      if (args.global_step < lastStep) violate('events', `step ${args.global_step} after ${lastStep}`);
      if (validated && args.global_step > validated.step) validated = undefined;
      lastStep = args.global_step;
    },
    epoch(args) {
      if (!run) violate('events', 'epoch without run');
      ++rows;
      numbers('epoch', args, ['epoch', 'accuracy', 'seconds', 'images_per_second', ...(wild ? [] : ['loss'])]);
      if (args.epoch !== rows) violate('events', `epoch ${args.epoch} as row ${rows}`);
    },
    evaluation(args) {
      ++seen.evaluations;
      const {callbacks = [], optimizer, test_time_augmentation} = run ?? {};
      const replaced = JSON.stringify([callbacks, optimizer]).match(/restore_best|"use_ema":true|Lookahead|Averag/) ||
          (test_time_augmentation && test_time_augmentation !== 'none' && test_time_augmentation !== 'plain');
      validated = args.split === 'test' && !replaced ? args : undefined;
    },
    load_progress: ({done}) => { loads = !done; },
    checkpoint: () => { checkpointStep = lastStep; ++seen.kept; },
    failure({code, message}) {
      if (!failures.includes(code)) violate('code', `failure: ${code}: ${message}`);
      sentence('failure', message);
    },
  };

  async function attach() {
    // The text version follows the events before this observer does, and the last part of the page that starts.
    while (/** @type {any} */ (document.querySelector('#plain')).hidden) await new Promise((resolve) => setTimeout(resolve, 10));
    const main = /** @type {HTMLScriptElement} */ (document.querySelector('script[src*="main.js"]'));
    words = (await import(new URL('page/plain_page.js', main.src).href)).statusSentence;
    [told, rows] = [playground.status().state, playground.status().history.length];
    let replayed = true;
    trainer.observe(({type, args}) => {
      if (type === 'evaluation' || type === 'dataset') finite(type, wild ? {} : args);
      follow[type]?.(args);
      if (!replayed) agree(type);
    });
    replayed = false;
    agree('start');
  }

  // ---- calls
  /** @type {Map<number, {name: string, abort?: AbortController, settled: Promise<void>}>} */
  const pending = new Map();
  /** @type {AbortController[]} */
  const abortable = [];
  let calls = 0;
  /** @type {any} what was exported last */
  let exported;

  /** What an answer must say, by call. @type {{[call: string]: (answer: any, before: any) => void}} */
  const answers = {
    fit(history, before) {
      for (const row of history) numbers('fit', row, ['epoch', 'accuracy', ...(wild ? [] : ['loss'])]);
      if (seen.runs !== before.runs + 1 || seen.models !== before.models) return;
      if (JSON.stringify(history) !== JSON.stringify(playground.status().history)) violate('answer', 'fit: its history is not that of status()');
    },
    evaluate(answer, before) {
      if (!wild) numbers('evaluate', answer, ['loss', 'accuracy']);
      if (!validated || validated !== before.validated || answer.split !== 'test' || answer.step !== validated.step || wild) return;
      for (const field of ['loss', 'accuracy', 'confusion_matrix']) {
        if (JSON.stringify(answer[field]) !== JSON.stringify(validated[field])) {
          violate('evaluation', `${field} ${JSON.stringify(answer[field])}; the validation had ${JSON.stringify(validated[field])}`);
        }
      }
    },
    predict(probabilities) {
      if (wild) return;
      const total = probabilities.reduce((/** @type {number} */ sum, /** @type {number} */ one) => sum + one, 0);
      if (Math.abs(total - Math.round(total)) > 0.01 || total < 0.5) violate('answer', `predict: probabilities add up to ${total}`);
    },
    pause: (_, {alone}) => notAfter(alone, 'pause', ['training', 'validating']),
    stop: (_, {alone}) => notAfter(alone, 'stop', ['training', 'validating', 'paused']),
    resume: (_, {alone}) => notAfter(alone, 'resume', ['paused']),
    step: (_, {alone}) => notAfter(alone, 'step', ['training', 'validating']),
    load(answer) {
      if (typeof answer?.label !== 'string' || !(answer.train.count >= 0)) violate('answer', `load: ${JSON.stringify(answer)}`);
    },
    export: (answer) => { exported = answer.files; },
  };
  /** @param {boolean} alone no other call was under way @param {string} call @param {string[]} wrong */
  function notAfter(alone, call, wrong) {
    const {state} = playground.status();
    if (alone && !awake && calls === last && wrong.includes(state)) violate('answer', `${state} after ${call} was answered`);
  }
  let last = 0;

  /** @param {{name: string, args: any[], signal?: 'own' | 'aborted', wait?: boolean}} step */
  async function call({name, args, signal, wait}) {
    const given = await Promise.all(args.map(made));
    const abort = signal ? new AbortController() : undefined;
    if (signal === 'aborted') abort?.abort();
    if (abort && given[0] && typeof given[0] === 'object') given[0] = {...given[0], signal: abort.signal};
    const id = ++calls;
    const before = {...seen, validated, alone: [...pending.values()].every(({name}) => name === 'fit'), wild};
    last = id;
    let promise;
    try {
      promise = playground[name](...given);
      if (typeof promise?.then !== 'function') violate('answer', `${name} returned no promise`);
    } catch (error) {
      return violate('throws', `${name}(${JSON.stringify(args)}): ${error}`);
    }
    const settled = Promise.resolve(promise).then((answer) => {
      pending.delete(id);
      if (!before.wild && !wild) finite(name, answer);
      answers[name]?.(answer, before);
    }, (error) => {
      pending.delete(id);
      const {code, message} = error ?? {};
      const gone = seen.gone > before.gone && ['worker_gone', 'out_of_memory'].includes(code);
      const cancelled = code === 'cancelled' && abort?.signal.aborted;
      if (!codes[name].includes(code) && !gone && !cancelled) violate('code', `${name}: ${code}: ${message} (${JSON.stringify(args)})`);
      if (!(error instanceof Error)) violate('code', `${name} rejects with something other than an Error: ${error}`);
      sentence(name, message);
      if (code === 'diverged') wild = true;
    });
    pending.set(id, {name, abort, settled});
    if (abort) abortable.push(abort);
    if (!wait) return;
    for (let turns = 0; pending.has(id) && turns < 60; ++turns) await turn();
  }

  /** One message to the trainer and back. It passes where the trainer makes progress, however slow the machine is. */
  async function turn() {
    await trainer.request('dataset').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve));
  }

  /** @param {any} value */
  async function made(value) {
    if (Array.isArray(value)) return Promise.all(value.map(made));
    if (value === null || typeof value !== 'object') return value;
    if (!('$' in value)) return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([name, one]) => [name, await made(one)])));
    switch (value.$) {
      case 'function': return () => {};
      case 'nan': return NaN;
      case 'infinity': return Infinity;
      case 'bigint': return 1n;
      case 'symbol': return Symbol('x');
      case 'cycle': { /** @type {any} */ const one = {}; one.one = one; return one; }
      case 'bytes': return Uint8Array.from({length: value.count}, (_, i) => (i * (value.seed * 7 + 13)) & 255);
      case 'network': return value.config;
      case 'url': return base + value.path;
      case 'exported': return exported ?? {};
      case 'files': return files(value.kind, value.seed);
      default: throw new Error(`unknown: ${value.$}`);
    }
  }

  /** @param {string} kind @param {number} seed @returns {Promise<any[]>} */
  async function files(kind, seed) {
    const file = async (/** @type {string} */ path, /** @type {string} */ name) => new File([await (await fetch(base + path)).arrayBuffer()], name);
    switch (kind) {
      case 'batch': return [await file('batch.bin', 'data_batch_1.bin'), await file('batch.bin', 'test_batch.bin')];
      case 'archive': return [await file('batch.tar.gz', 'cifar-10-binary.tar.gz')];
      case 'zip': return [await file('pictures.zip', 'pictures.zip')];
      case 'cut_zip': return [(await file('pictures.zip', 'pictures.zip')).slice(0, 900 + seed)].map((blob) => new File([blob], 'pictures.zip'));
      case 'picture': return [await file('picture.png', 'mine.png')];
      case 'pictures': {
        const one = await file('picture.png', 'x.png');
        return Array.from({length: 12 + seed}, (_, i) => ({path: `set/${['train', 'test'][i % 3 === 0 ? 1 : 0]}/${['cat', 'dog'][i % 2]}/${i}.png`, file: one}));
      }
      case 'garbage': return [new File([Uint8Array.from({length: 3073 * 2 + seed}, (_, i) => (i * 37 + seed) & 255)], 'data_batch_1.bin')];
      case 'text': return [new File(['not a data set'], 'notes.txt')];
      default: return [new File([], 'nothing.png')];
    }
  }

  /** @param {string} kind @param {number} seed */
  async function drop(kind, seed) {
    awake = true;
    const transfer = new DataTransfer();
    for (const one of await files(kind, seed)) transfer.items.add(one.file ? new File([one.file], one.path.replaceAll('/', '_')) : one);
    window.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
  }

  const TRAINS = ['training', 'validating', 'paused'];
  const BUSY = ['starting', 'loading', 'evaluating', ...TRAINS];

  /** Ends what is under way, and checks that everything settles. */
  async function rest() {
    for (let turns = 0; turns < 1500; ++turns) {
      const {state} = playground.status();
      if (pending.size === 0 && !loads && !BUSY.includes(state)) break;
      if (TRAINS.includes(state) && turns % 5 === 0) call({name: 'stop', args: []});
      // What waits for a network that is gone is replaced.
      if (turns === 60) call({name: 'load', args: [{source: 'sample', limit: 40}]});
      await turn();
    }
    if (pending.size > 0) violate('hang', [...pending.values()].map(({name}) => name).join());
    const {state} = playground.status();
    if (BUSY.includes(state)) violate('hang', `the state stays ${state}`);
    abortable.length = 0;
    for (let turns = 0; turns < 2; ++turns) await turn();
    agree('rest');
    // A dropped file may only now be read.
    for (let turns = 0; turns < 1500 && textOf('#plain-data').startsWith('Loading'); ++turns) await turn();
    if (dataset && !textOf('#plain-data').includes(dataset.label)) violate('words', `data “${textOf('#plain-data')}”; expected ${dataset.label}`);
  }

  /** The page still trains, and says what it does. */
  async function probe(/** @type {any} */ config) {
    for (let tries = 0; ; ++tries) {
      try {
        awake = false;
        await playground.load({source: 'sample', limit: 40});
        await playground.build(config);
        const training = playground.fit({epochs: 1, batch_size: 20, seed: 1});
        let settled = false;
        training.catch(() => {}).finally(() => { settled = true; });
        for (; !settled; await turn()) {
          // A key that the app handles only now.
          if (playground.status().state === 'paused') await playground.resume().catch(() => {});
        }
        const history = await training;
        if (history.length !== 1) violate('probe', `${history.length} rows after one epoch`);
        await call({name: 'evaluate', args: [{}], wait: true});
        await call({name: 'predict', args: [{$: 'bytes', count: 3072, seed: 1}], wait: true});
        return;
      } catch (error) {
        // The app may still do what was pressed before.
        if (tries < 3 && ['busy', 'cancelled', 'worker_gone'].includes(/** @type {any} */ (error)?.code)) await rest();
        else return violate('probe', error);
      }
    }
  }

  /** What a reload must bring back: an evaluation of the weights that are kept; null if they are not the present ones. */
  async function remember() {
    await rest();
    let evaluated;
    try {
      await playground.load({source: 'sample', limit: 40});
      evaluated = await playground.evaluate();
    } catch {
      return null;  // there is no model, after an end of the trainer
    }
    await keptTraining.written();
    const {loss, accuracy, confusion_matrix, step} = evaluated;
    return step > 0 && step === checkpointStep && step === lastStep && !wild ? {loss, accuracy, confusion_matrix, rows} : null;
  }
  /** @param {any} before */
  async function restore(before) {
    await rest();
    await playground.load({source: 'sample', limit: 40});
    const {history} = await keptTraining.restore();
    const {loss, accuracy, confusion_matrix} = await playground.evaluate();
    const after = {loss, accuracy, confusion_matrix, rows: history.length};
    if (JSON.stringify(before) !== JSON.stringify(after)) violate('restored', `${JSON.stringify(after)}; before the reload ${JSON.stringify(before)}`);
  }

  Object.assign(window, {checker: {
    attach, call, drop, rest, probe, remember, restore, turn,
    abort: () => abortable.pop()?.abort(),
    /** There is input to the app. */
    touch: () => { awake = true; },
    breaks: () => { broken = true; },
    /** The violations so far; they are forgotten. */
    take: () => violations.splice(0),
    state: () => ({pending: [...pending.values()].map(({name}) => name), told, rows}),
  }});
}
