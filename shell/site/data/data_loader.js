// Loads data sets into the trainer: gets the parts of a source, sends them, reports progress. One load at a time.
import {PlaygroundError, withCode} from '../errors.js';
import {createProgress} from './progress.js';

/** @typedef {ReturnType<typeof createLoader>} Loader */

/**
 * What a source yields: bytes of a file (load_chunk) or decoded pictures (load_images).
 * @typedef {{type: 'load_chunk' | 'load_images', args: any, payloads: ArrayBuffer[]}} Part
 *
 * @typedef {object} Source
 * @property {{kind: string, name: string, url?: string, class_names?: string[]}} about
 * @property {boolean} [kept] in the browser already
 * @property {(progress: ReturnType<typeof createProgress>, signal: AbortSignal) => AsyncIterable<Part>} parts
 *
 * @typedef {{source?: string | URL | (File | {path: string, file: File})[], url?: string, limit?: number, seed?: number, signal?: AbortSignal}} LoadOptions
 * `url`: a mirror of huggingface.co for 'huggingface'.
 *
 * @typedef {object} LoaderEnvironment
 * @property {(type: string, args?: any, options?: import('../trainer/trainer_client.js').CallOptions) => Promise<import('../trainer/trainer_client.js').Message>} request
 * @property {(event: import('../trainer/trainer_client.js').Message) => void} emit
 * @property {() => number} now
 * @property {(dataset: any) => Promise<void>} keep
 * @property {(options: LoadOptions, signal: AbortSignal) => Promise<Source>} find
 */

/** @param {LoaderEnvironment} environment */
export function createLoader({request, emit, now, find, keep}) {
  /** @type {AbortController | undefined} */
  let running;
  /** @type {LoadOptions | undefined} of the last load that succeeded */
  let loaded;
  let asked = false;

  /**
   * @param {LoadOptions} [options]
   * @returns {Promise<any>} the data set's description
   */
  async function load({source = 'cifar10', url, limit, seed, signal} = {}) {
    if (signal?.aborted) throw withCode(signal.reason, signal);
    if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
      throw new PlaygroundError('bad_argument', `load: limit is ${limit}; expected a whole number of pictures, 1 or more.`);
    }
    asked = true;
    const own = new AbortController();
    running?.abort(new PlaygroundError('cancelled', 'Another data set is being loaded instead.'));
    running = own;
    const forward = () => own.abort(withCode(signal?.reason, signal));
    signal?.addEventListener('abort', forward, {once: true});
    try {
      const dataset = source === 'sample' ? (await request('load_sample', {seed, ...sampleSizes(limit)}, {signal: own.signal})).args
                                          : await send(await find({source, url}, own.signal), limit, own.signal);
      loaded = {source, url, limit, seed};
      return dataset;
    } catch (error) {
      throw withCode(error, own.signal);
    } finally {
      signal?.removeEventListener('abort', forward);
      if (running === own) running = undefined;
    }
  }

  /** @param {Source} source @param {number | undefined} limit @param {AbortSignal} signal */
  async function send({about, parts, kept}, limit, signal) {
    // A load that this one replaces may still send a message; the load's number lets the trainer tell them apart.
    const {load} = (await request('load_begin', {source: about, class_names: about.class_names, limit}, {signal})).args;
    const progress = createProgress(emit, now, about.name);
    try {
      for await (const part of parts(progress, signal)) {
        const {args: so_far} = await request(part.type, {...part.args, load}, {payloads: part.payloads, signal});
        progress.set({records: so_far.train + so_far.test});
        if (so_far.full) break;  // it has as many pictures as `limit` allows
        if (so_far.may_join) await request('load_join', {load}, {signal});
      }
      const dataset = (await request('load_end', {load}, {signal})).args;
      progress.end();
      if (!kept && limit === undefined) keepInBackground(dataset);
      return dataset;
    } catch (error) {
      const told = withCode(error, signal);
      request('load_abort', {load}).catch(() => {});  // the trainer may have ended, and its data with it
      progress.end(told.code === 'cancelled' ? undefined : told.message);  // a cancellation is not a failure
      throw told;
    }
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

  return {
    load,
    /** Loads the last data set again, for a trainer that has none. */
    again: async () => loaded && load(loaded),
    /** Whether any load has been requested yet. */
    asked: () => asked,
    cancel: () => running?.abort(new PlaygroundError('cancelled', 'Loading was cancelled.')),
  };
}

/** @param {number} [limit] */
const sampleSizes = (limit) => (limit === undefined ? {} : {train: limit, test: Math.max(1, Math.ceil(limit / 5))});
