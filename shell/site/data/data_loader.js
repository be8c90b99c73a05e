// Loads data sets into the trainer: gets the parts of a source, sends them, reports progress. One load at a time. A data set loaded
// during a training takes effect when the training ends.
import {PlaygroundError, named, withCode} from '../errors.js';
import {createProgress} from './progress.js';

/** @typedef {ReturnType<typeof createLoader>} Loader */

/**
 * What a source yields: bytes of a file (load_chunk) or decoded pictures (load_images).
 * @typedef {{type: 'load_chunk' | 'load_images', args: any, payloads: ArrayBuffer[]}} Part
 *
 * @typedef {object} Source
 * @property {import('../protocol.js').Source} about
 * @property {boolean} [kept] in the browser already
 * @property {() => import('./load_report.js').LoadReport | undefined} [report] how a load interpreted its files; complete once all parts have been read
 * @property {(progress: ReturnType<typeof createProgress>, signal: AbortSignal) => AsyncIterable<Part>} parts
 *
 * A source as the trainer's `dataset` describes it, to load the same again.
 * @typedef {{kind: string, name?: string, url?: string, limit?: number, labels?: 'fine' | 'coarse', seed?: number, train?: number, test?: number, fingerprint?: string}} Described
 * `fingerprint`: a copy in this browser with other pictures is not taken.
 *
 * @typedef {{source?: string | URL | Described | (File | {path: string, file: File})[], url?: string, limit?: number, labels?: 'fine' | 'coarse', seed?: number, signal?: AbortSignal, restores?: boolean}} LoadOptions
 * `labels`: of CIFAR-100: its classes, or coarse: their groups. `url`: a mirror of huggingface.co for 'huggingface'. `restores`: the load is one by `again`.
 *
 * @typedef {object} LoaderEnvironment
 * @property {import('../trainer/trainer_client.js').Call} request
 * @property {(event: import('../trainer/trainer_client.js').Message) => void} emit
 * @property {import('../trainer/trainer_service.js').TrainerService['observe']} observe
 * @property {() => number} now
 * @property {(dataset: any) => Promise<void>} keep
 * @property {(options: LoadOptions, signal: AbortSignal, progress: import('./progress.js').Progress) => Promise<Source>} find
 */

/** @param {LoaderEnvironment} environment */
export function createLoader({request, emit, observe, now, find, keep}) {
  /** @type {{end: AbortController, restores: boolean, begun: boolean, over: Promise<void>} | undefined} begun: it has reached the trainer */
  let running;
  /** @type {LoadOptions | undefined} of the data set that the trainer has */
  let loaded;
  /** @type {{options: LoadOptions, label: string} | undefined} the data set that replaces the current one when the training ends */
  let waits;
  /** Ends the wait of a complete data set for the end of a training. */
  let stopWaiting = () => {};
  let asked = false;
  let present = false;  // the running trainer has a data set

  observe(({type, args}) => {
    if (type !== 'trainer_gone') return;
    present = false;
    if (running?.begun) running.end.abort(new PlaygroundError(args.code, args.message));  // what was sent of it has gone with the trainer
  });

  /**
   * @param {LoadOptions} [options]
   * @returns {Promise<any>} the data set's description; `waits`: the trainer has it, and uses it when the training ends
   */
  async function load({source = 'cifar10', url, limit, labels, seed, signal, restores = false} = {}) {
    const described = isDescribed(source) ? source : undefined;
    limit ??= described?.limit;
    labels ??= described?.labels;
    if (signal?.aborted) throw withCode(signal.reason, signal);
    if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
      throw new PlaygroundError('bad_argument', `load: limit is ${named(limit)}; expected a whole number of pictures, 1 or more.`);
    }
    if (!restores) asked = true;
    running?.end.abort(new PlaygroundError('cancelled', 'Another data set is being loaded instead.'));
    const end = new AbortController();
    let ended = () => {};
    const own = running = {end, restores, begun: false, over: new Promise((resolve) => { ended = () => resolve(undefined); })};
    const forward = () => end.abort(withCode(signal?.reason, signal));
    signal?.addEventListener('abort', forward, {once: true});
    const options = {source, url, limit, labels, seed};
    /** @param {any} [dataset] if it is complete */
    const remember = (dataset) => {
      present = true;
      // Another tab may have stored another data set by the time this one is loaded again.
      loaded = source === 'kept' && dataset ? {...options, source: {...dataset.source, fingerprint: dataset.fingerprint}} : options;
    };
    try {
      const sent = source === 'sample' || described?.kind === 'sample'
          ? {dataset: (await request('load_sample', sampleOf(described ?? {}, seed, limit), {signal: end.signal})).args, keeps: false}
          : await findAndSend(options, own, remember);
      whenUsed(sent.dataset, options, (dataset) => {
        remember(dataset);
        if (sent.keeps) keepInBackground(dataset);
      });
      return sent.dataset;
    } catch (error) {
      throw withCode(error, end.signal);
    } finally {
      signal?.removeEventListener('abort', forward);
      if (running === own) running = undefined;
      ended();
    }
  }

  /**
   * Calls `then` once the trainer uses the data set: at once, or when the training ends that it waits for. Never, if another data
   * set or another trainer comes first.
   * @param {any} dataset @param {LoadOptions} options @param {(dataset: any) => void} then
   */
  function whenUsed(dataset, options, then) {
    stopWaiting();
    present = true;
    waits = dataset.waits && {options, label: dataset.label};
    if (!dataset.waits) return then(dataset);
    emit({type: 'load_waits', args: {label: dataset.label}, payloads: []});
    let replayed = true;
    const stop = stopWaiting = observe(({type, args}) => {
      if (replayed || (type !== 'trainer_gone' && !(type === 'dataset' && same(args, dataset)))) return;
      stop();
      if (type !== 'dataset') return;
      waits = undefined;
      then(args);
    });
    replayed = false;
  }

  /**
   * @param {LoadOptions} options @param {NonNullable<typeof running>} own
   * @param {() => void} joined called when the trainer uses the data set before the load has ended
   */
  async function findAndSend(options, own, joined) {
    const progress = createProgress(emit, now, '');
    try {
      const sent = await send(await find(options, own.end.signal, progress), options, own, joined, progress);
      progress.end();
      return sent;
    } catch (error) {
      const reported = withCode(error, own.end.signal);
      progress.end(reported.code === 'cancelled' ? undefined : reported.message);  // a cancellation is not a failure
      throw reported;
    }
  }

  /**
   * @param {Source} source @param {LoadOptions} options @param {NonNullable<typeof running>} own
   * @param {() => void} joined
   * @param {import('./progress.js').Progress} progress
   */
  async function send({about, parts, kept, report}, {limit, labels}, own, joined, progress) {
    const {signal} = own.end;
    // A load that this one replaces may still send a message; the load's number lets the trainer distinguish them.
    const {load} = (await request('load_begin', {source: about, class_names: about.class_names, limit, labels}, {signal})).args;
    own.begun = true;
    progress.restart(about.name);
    try {
      for await (const part of parts(progress, signal)) {
        const {args: so_far} = await request(part.type, {...part.args, load}, {payloads: part.payloads, signal});
        progress.set({records: so_far.train + so_far.test});
        if (so_far.full) break;  // it has as many pictures as `limit` allows
        if (so_far.may_join && await join(load, signal)) joined();
      }
      const dataset = (await request('load_end', {load, report: report?.()}, {signal})).args;
      return {dataset, keeps: !kept && limit === undefined};
    } catch (error) {
      request('load_abort', {load}).catch(() => {});  // the trainer may have ended, and its data with it
      throw error;
    }
  }

  /** The pictures so far become the data set, unless a training uses another: then later, and the result is false. @param {number} load @param {AbortSignal} signal */
  async function join(load, signal) {
    return !(await request('load_join', {load}, {signal})).args.waits;
  }

  /** Training does not wait for this. If it fails, the data set stays in memory only. @param {any} dataset */
  async function keepInBackground(dataset) {
    /** @param {string} state @param {string} [message] */
    const tell = (state, message) => emit({type: 'kept', args: {state, label: dataset.label, message}, payloads: []});
    tell('saving');
    try {
      await keep(dataset);
      tell('kept');
    } catch (error) {
      const {code, message} = withCode(error);
      tell(code === 'cancelled' ? 'cancelled' : 'failed', message);
    }
  }

  /**
   * Loads the last data set again, for a trainer that has none; or the one that was waiting for the end of the training when the
   * trainer died.
   * @returns {Promise<string>} the label of the one that was waiting, or empty
   */
  async function again() {
    if (waits) {
      const {options, label} = waits;
      try {
        await load({...options, restores: true});
        return label;
      } catch (error) {
        const {code, message} = withCode(error);
        if (code === 'cancelled' || !loaded) throw error;
        waits = undefined;
        await load({...loaded, restores: true});
        throw new PlaygroundError(code, `${label}, which waited for the end of the training, could not be loaded: ${message}`);
      }
    }
    if (loaded) await load({...loaded, restores: true});
    return '';
  }

  return {
    load,
    again,
    /** Whether there is one to load again. */
    loaded: () => loaded !== undefined || waits !== undefined,
    /** Resolves when no load is running. */
    settled: async () => { while (running) await running.over; },
    /** Whether a load is in progress, except one started by `again`. */
    loading: () => running !== undefined && !running.restores,
    /** Whether the running trainer has a data set, at once or when its training ends. */
    present: () => present,
    /** Whether any load has been requested yet. */
    asked: () => asked,
    cancel: () => running?.end.abort(new PlaygroundError('cancelled', 'Loading was canceled.')),
  };
}

/** Whether two descriptions are of the same data set, complete. @param {any} a @param {any} b */
const same = (a, b) => a.complete !== false && a.label === b.label && a.train?.count === b.train?.count && a.test?.count === b.test?.count;

/** @param {any} source @returns {source is Described} */
export const isDescribed = (source) => source !== null && typeof source === 'object' && typeof source.kind === 'string';

/** The arguments of load_sample. @param {Partial<Described>} described @param {number} [seed] @param {number} [limit] */
const sampleOf = (described, seed = described.seed, limit = undefined) => ({
  seed, train: limit ?? described.train, test: limit === undefined ? described.test : Math.max(1, Math.ceil(limit / 5)),
});
