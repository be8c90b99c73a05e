// Brings data sets to the trainer: finds the parts of a source, sends them, tells the progress. One load at a time.
import {PlaygroundError, withCode} from './errors.js';
import {createProgress} from './progress.js';

/** @typedef {ReturnType<typeof createLoader>} Loader */

/**
 * What a source gives: bytes of a file (load_chunk) or decoded pictures (load_images).
 * @typedef {{type: 'load_chunk' | 'load_images', args: any, payloads: ArrayBuffer[]}} Part
 *
 * @typedef {object} Source
 * @property {{kind: string, name: string, url?: string, class_names?: string[]}} about
 * @property {(progress: ReturnType<typeof createProgress>, signal: AbortSignal) => AsyncIterable<Part>} parts
 *
 * @typedef {{source?: string | URL | File[], limit?: number, seed?: number, signal?: AbortSignal}} LoadOptions
 *
 * @typedef {object} LoaderEnvironment
 * @property {(type: string, args?: any, options?: import('./trainer_client.js').CallOptions) => Promise<import('./trainer_client.js').Message>} request
 * @property {(event: import('./trainer_client.js').Message) => void} emit
 * @property {() => number} now
 * @property {(source: LoadOptions['source'], signal: AbortSignal) => Promise<Source>} find
 */

/** @param {LoaderEnvironment} environment */
export function createLoader({request, emit, now, find}) {
  /** @type {AbortController | undefined} */
  let running;

  /**
   * @param {LoadOptions} [options]
   * @returns {Promise<any>} the data set's description
   */
  async function load({source = 'cifar10', limit, seed, signal} = {}) {
    if (signal?.aborted) throw withCode(signal.reason, signal);
    if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
      throw new PlaygroundError('bad_argument', `load: limit is ${limit}; it is a whole number of pictures, 1 or more.`);
    }
    const own = new AbortController();
    running?.abort(new PlaygroundError('cancelled', 'Another data set is being loaded instead.'));
    running = own;
    const forward = () => own.abort(withCode(signal?.reason, signal));
    signal?.addEventListener('abort', forward, {once: true});
    try {
      if (source === 'sample') return (await request('load_sample', {seed, ...sampleSizes(limit)}, {signal: own.signal})).args;
      return await send(await find(source, own.signal), limit, own.signal);
    } catch (error) {
      throw withCode(error, own.signal);
    } finally {
      signal?.removeEventListener('abort', forward);
      if (running === own) running = undefined;
    }
  }

  /** @param {Source} source @param {number | undefined} limit @param {AbortSignal} signal */
  async function send({about, parts}, limit, signal) {
    const progress = createProgress(emit, now, about.name);
    await request('load_begin', {source: about, class_names: about.class_names, limit}, {signal});
    try {
      let joined = false;
      for await (const part of parts(progress, signal)) {
        const {args: so_far} = await request(part.type, part.args, {payloads: part.payloads, signal});
        progress.set({records: so_far.train + so_far.test});
        if (so_far.full) break;  // as many pictures as were asked for
        if (!joined && so_far.files > 0 && so_far.train > 0 && so_far.test > 0) {
          await request('load_join', {}, {signal});
          joined = true;
        }
      }
      const dataset = (await request('load_end', {}, {signal})).args;
      progress.end();
      return dataset;
    } catch (error) {
      const told = withCode(error, signal);
      request('load_abort').catch(() => {});  // the trainer may be gone, and its data with it
      progress.end(told.message);
      throw told;
    }
  }

  return {load, cancel: () => running?.abort(new PlaygroundError('cancelled', 'Loading was cancelled.'))};
}

/** @param {number} [limit] */
const sampleSizes = (limit) => (limit === undefined ? {} : {train: limit, test: Math.max(1, Math.ceil(limit / 5))});
