// The main controls and tables in plain HTML, driven by the scripting interface: the whole page without WebGL2, and the
// screen reader's view beside the canvas with it. It is also what is printed.
import {historyPlots} from './history_plots.js';
import {createPlainPrediction} from './plain_prediction.js';
import {createPlainSettings, numberIn} from './plain_settings.js';

import {megabytes, percent as percentText} from '../errors.js';
import {isBusy, isRunning} from '../trainer/trainer_service.js';

const COUNT = new Intl.NumberFormat('en');
// With few pictures a network trains thousands of epochs a second: their events are batched, and the history ends at the newest.
// State changes during a training are batched as well.
const OF_TRAINING = new Set(['step', 'epoch', 'evaluation']);
const REDRAW_MS = 100;
const NEWS_MS = 5000;  // between two announcements, so that a screen reader can finish the first
const MOST_EPOCHS = 200;
/** @type {{[split: string]: string}} */
const OF_SPLIT = {train: 'training', test: 'test', 'held out': 'held-out'};

/**
 * @param {object} parts
 * @param {HTMLElement} parts.root
 * @param {import('../playground.js').Playground} parts.playground
 * @param {boolean} parts.besideCanvas
 * @param {(observer: (event: import('../trainer/trainer_client.js').Message) => void) => void} parts.observe
 * @param {(choice: string) => Promise<boolean>} parts.mayReplace asks before trained weights are lost
 * @param {() => Promise<any>} parts.openFiles lets the user choose files, and loads or opens them
 * @param {(hash: string) => void} [parts.openInApp] applies a link in the workbench, if there is one
 */
export function startPlainPage({root, playground, besideCanvas, observe, mayReplace, openFiles, openInApp}) {
  const document = root.ownerDocument;
  /** @param {string} selector @returns {any} */
  const part = (selector) => root.querySelector(selector);
  root.hidden = false;
  root.classList.toggle('beside-canvas', besideCanvas);

  let presses = 0;
  let failed = {press: 0, message: ''};
  /** Shows an error until a later press succeeds. @param {Promise<any>} promise */
  async function report(promise) {
    const press = ++presses;
    try {
      await promise;
      if (press > failed.press && part('#plain-message').textContent === failed.message) part('#plain-message').textContent = '';
    } catch (/** @type {any} */ {code, message}) {
      if (code === 'cancelled') return;
      failed = {press, message};
      part('#plain-message').textContent = message;
    }
  }
  /** @type {{[id: string]: () => Promise<any>}} */
  const actions = {
    'plain-train': async () => playground.status().state === 'paused' ? playground.resume() : train(numberIn('Epochs', part('#plain-epochs'), 0.01, 100_000)),
    'plain-pause': () => playground.pause(),
    'plain-stop': () => playground.stop(),
    'plain-cifar10': () => playground.load({source: 'cifar10'}),
    'plain-sample': () => playground.load({source: 'sample'}),
    'plain-files': openFiles,
    'plain-build': async () => {
      if (await mayReplace('Build the new network')) announce(`${await settings.build()} is built, with new weights.`);
    },
    'plain-predict': () => prediction.predict(),
    'plain-evaluate': async () => {
      const evaluation = await playground.evaluate();
      show.evaluation(evaluation);
      announce(`Test pictures: loss ${fixed(evaluation.loss)}, accuracy ${percent(evaluation.accuracy)}.`);
    },
  };
  const settings = createPlainSettings({part, document, build: playground.build});
  const prediction = createPlainPrediction({part, playground});
  for (const [id, action] of Object.entries(actions)) {
    part(`#${id}`).addEventListener('click', () => {
      if (part(`#${id}`).getAttribute('aria-disabled') === 'true') return;
      part('#plain-message').textContent = '';
      report(action());
    });
  }

  /** Trains for that many more epochs, continuing the last training if there is one. @param {number} epochs */
  async function train(epochs) {
    const trained = playground.status().history.length;
    if (trained === 0) return playground.fit({...settings.fresh(), epochs});
    try {
      return await playground.fit({continue: true, epochs: trained + epochs, ...settings.changed()});
    } catch (error) {
      if (/** @type {any} */ (error).code !== 'no_training') throw error;
      return playground.fit({...settings.fresh(), epochs});  // it diverged: only its weights are left
    }
  }

  /** A chapter's experiment: its network with new weights, its settings for the next training. @param {import('./chapters_page.js').Experiment} experiment */
  async function experiment({label, hash, preset, config, fit}) {
    if (!await mayReplace(`Set up “${label}”`)) return;
    await (openInApp ? openInApp(hash) : playground.build(preset ?? config));
    settings.use(fit);
    part('#plain-epochs').value = fit.epochs ?? 1;
    part('#plain-message').textContent = `“${label}” is set up. Press Train to start it.`;
    part('#plain-train').focus();
  }

  const canvas = /** @type {HTMLElement | null} */ (document.querySelector('#canvas'));
  root.addEventListener('focusin', () => root.classList.add('open'));
  canvas?.addEventListener('focus', () => root.classList.remove('open'));
  part('#plain-close').addEventListener('click', close);
  root.addEventListener('keydown', (event) => event.key === 'Escape' && close());
  document.querySelector('#skip')?.addEventListener('click', (event) => {
    event.preventDefault();
    open();
  });

  function close() {
    canvas?.focus();
  }
  function open() {
    root.focus();
  }

  /** @param {string} selector @param {string[][]} rows the first is the heading */
  function fillTable(selector, rows) {
    const table = part(selector);
    table.replaceChildren(...rows.map((cells, i) => {
      const row = document.createElement('tr');
      row.append(...cells.map((text, column) => {
        const heads = i === 0 || column === 0;
        const cell = document.createElement(heads ? 'th' : 'td');
        if (heads) cell.setAttribute('scope', i === 0 ? 'col' : 'row');
        cell.textContent = text;
        return cell;
      }));
      return row;
    }));
  }

  function showStatus() {
    const status = playground.status();
    const busy = isBusy(status.state);
    // Uses aria-disabled: `disabled` would drop the focus from a button that was just pressed, and losing it closes the text version.
    enable('#plain-train', !busy && status.state !== 'empty');
    enable('#plain-pause', busy);
    enable('#plain-stop', isRunning(status.state));
    part('#plain-status').textContent = statusSentence(status);
    part('#plain-progress').value = status.steps_per_epoch ? status.step / status.steps_per_epoch : 0;
  }

  /** @param {string} button @param {boolean} enabled */
  const enable = (button, enabled) => part(button).setAttribute('aria-disabled', String(!enabled));

  let news = '';  // to announce when the time has come
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let newsTimer;
  /** Announces the newest, at once and then at most every few seconds. @param {string} text */
  function announce(text) {
    news = text;
    if (newsTimer === undefined) tellNews();
  }
  function tellNews() {
    newsTimer = undefined;
    if (!news) return;
    part('#plain-news').textContent = news;
    news = '';
    newsTimer = setTimeout(tellNews, NEWS_MS);
  }

  function showHistory() {
    const {history} = playground.status();
    part('#plain-history-title').textContent = history.length > MOST_EPOCHS ? `History: the last ${MOST_EPOCHS} of ${COUNT.format(history.length)} epochs` : 'History';
    const newest = history.slice(-MOST_EPOCHS);
    part('#plain-plots').replaceChildren(...historyPlots(document, newest));
    if (history.length === 0) return part('#plain-history').replaceChildren();
    fillTable('#plain-history', [['epoch', 'loss', 'accuracy', 'validation loss', 'validation accuracy', 'seconds'],
      ...newest.map((/** @type {any} */ row) => [COUNT.format(row.epoch), fixed(row.loss), percent(row.accuracy),
        fixed(row.val_loss), percent(row.val_accuracy), fixed(row.seconds, 1)])]);
  }

  function clearEvaluation() {
    for (const table of ['#plain-matrix', '#plain-scores']) part(table).replaceChildren();
  }

  let data = '';  // the sentence about the data set in use
  /** @type {{[type: string]: (args: any) => void}} */
  const show = {
    model({config, summary, fit, file_taken, output_taken}) {
      if (file_taken || output_taken) announce([file_taken, output_taken].filter(Boolean).join(' '));
      part('#plain-config').textContent = JSON.stringify(config, null, 2);
      clearEvaluation();
      if (fit) settings.use(fit);  // it comes with a training: from a file, or restored
      showHistory();
      fillTable('#plain-model', [['layer', 'output', 'parameters'],
        ...summary.rows.map((/** @type {any} */ row) => [`${row.name} (${row.class_name})`, row.output_shape.map(COUNT.format).join(' × '), COUNT.format(row.parameters)]),
        ['total', '', COUNT.format(summary.total)]]);
    },
    run({history, global_step, ...fit}) {
      settings.use(fit);
      showHistory();
    },
    trainer_ready: settings.offer,
    dataset: (dataset) => {
      const {label, train, test, report} = dataset;
      clearEvaluation();
      prediction.use(dataset);
      part('#plain-data').textContent = data = `${label}: ${COUNT.format(train.count)} training pictures, ${COUNT.format(test.count)} test pictures.`;
      part('#plain-report').hidden = !report;
      part('#plain-report summary').textContent = report?.line ?? '';
      part('#plain-report ul').replaceChildren(...reportLines(report).map((line) => {
        const item = document.createElement('li');
        item.textContent = line;
        return item;
      }));
    },
    load_waits: ({label}) => part('#plain-message').textContent = `${label} is loaded; it is used when the training ends.`,
    load_progress: ({file, received, total, done}) =>
      part('#plain-data').textContent = done ? data : `Loading ${file}: ${megabytes(received)}${total ? ` of ${megabytes(total)}` : ''}.`,
    failure: ({message}) => part('#plain-message').textContent = message,
    epoch(row) {
      announce(`Epoch ${row.epoch}: accuracy ${percent(row.accuracy)}, validation accuracy ${percent(row.val_accuracy)}.`);
      showHistory();
    },
    evaluation: ({confusion_matrix, per_class, split}) => {
      part('#plain-matrix-title').textContent = `Confusion matrix of the ${OF_SPLIT[split]} pictures`;
      const names = per_class.map((/** @type {any} */ row) => row.name);
      fillTable('#plain-matrix', [['true \\ predicted', ...names],
        ...confusion_matrix.map((/** @type {number[]} */ row, /** @type {number} */ i) => [names[i], ...row.map(COUNT.format)])]);
      fillTable('#plain-scores', [['class', 'precision', 'recall', 'F1', 'pictures'],
        ...per_class.map((/** @type {any} */ row) => [row.name, percent(row.precision), percent(row.recall), percent(row.f1), COUNT.format(row.support)])]);
    },
  };
  /** The newest of each type that is not shown yet. @type {Map<string, any>} */
  const waiting = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  function showWaiting() {
    clearTimeout(timer);
    timer = undefined;
    for (const [type, args] of waiting) show[type]?.(args);
    waiting.clear();
    showStatus();
  }
  let state = '';
  observe(({type = '', args}) => {
    waiting.delete(type);
    waiting.set(type, args);
    const progress = OF_TRAINING.has(type) || (type === 'state' && isBusy(state) && isBusy(args.state));
    if (type === 'state') state = args.state;
    if (!progress) showWaiting();
    else timer ??= setTimeout(showWaiting, REDRAW_MS);
  });
  showStatus();
  /** From now on this is the whole page. */
  function replaceCanvas() {
    openInApp = undefined;
    root.classList.remove('beside-canvas');
    open();
  }
  /** @param {import('../protocol.js').Sources} here */
  function showSources({beside_page: beside, beside_bytes: bytes}) {
    part('#plain-cifar10').hidden = !beside;
    if (bytes) part('#plain-cifar10').textContent = `CIFAR-10 beside this page (${megabytes(bytes)})`;
  }
  return {open, replaceCanvas, showSources, setUp: (/** @type {import('./chapters_page.js').Experiment} */ chosen) => report(experiment(chosen))};
}

/** What a load left out and why, and what looks wrong. @param {import('../data/load_report.js').LoadReport | undefined} report */
function reportLines(report) {
  if (!report) return [];
  const out = (report.left_out ?? []).map(({why, count, names}) =>
    `Skipped, ${why}: ${names.join(', ')}${count > names.length ? ` and ${COUNT.format(count - names.length)} more` : ''}`);
  return [...report.notes ?? [], ...out];
}

/** @param {any} status */
export function statusSentence(status) {
  if (status.state === 'starting') return 'The trainer is starting.';
  if (status.state === 'empty') return 'No data yet. Load a data set below.';
  if (status.state === 'loading') return 'The data set is loading.';
  if (status.loss === null && isRunning(status.state)) return `${status.state}: before the first step.`;
  if (status.loss === null && status.state === 'evaluating') return 'evaluating.';
  if (status.loss === null || (status.state === 'ready' && status.step === 0)) return `Ready to train.${trainedSentence(status)}`;
  const parts = [`${status.state}: epoch ${COUNT.format(Math.max(1, status.epoch))} of ${COUNT.format(status.epochs)}, step ${COUNT.format(status.step)} of ${COUNT.format(status.steps_per_epoch)}`,
                 `loss ${fixed(status.loss)}`, `accuracy ${percent(status.accuracy)}`,
                 ...validated(status.history.at(-1))];
  if (status.state === 'training') parts.push(`${COUNT.format(Math.round(status.images_per_second))} pictures per second`);
  return `${parts.join(', ')}.`;
}

/** How far a training is that was restored or opened; empty without one. @param {any} status */
function trainedSentence({history, epochs}) {
  const row = history.at(-1);
  if (!row) return '';
  return ` Trained so far: ${COUNT.format(row.epoch)}${epochs > row.epoch ? ` of ${COUNT.format(epochs)}` : ''} ${Math.max(epochs, row.epoch) === 1 ? 'epoch' : 'epochs'}, ${[`loss ${fixed(row.loss)}`, `accuracy ${percent(row.accuracy)}`, ...validated(row)].join(', ')}.`;
}

/** Validation of an epoch that has ended. @param {any} row */
const validated = (row) => (typeof row?.val_loss === 'number' ? [`validation loss ${fixed(row.val_loss)}`, `validation accuracy ${percent(row.val_accuracy)}`] : []);

/** @param {number | null | undefined} value @param {number} [digits] */
const fixed = (value, digits = 4) => (typeof value === 'number' ? value.toFixed(digits) : '-');
/** @param {number | null | undefined} value */
const percent = (value) => (typeof value === 'number' ? percentText(value) : '-');
