// Where data sets come from, each as a Source of data_loader.js.
import {download, fileName} from './download.js';
import {PlaygroundError} from './errors.js';

const CHUNK = 1 << 20;  // bytes in one message: a network piece of 64 kB each would cost a message each
const ARCHIVE = 'cifar-10-binary.tar.gz';
// Test pictures come second, so that training and validation can start after two files.
const BATCHES = ['data_batch_1.bin', 'test_batch.bin', 'data_batch_2.bin', 'data_batch_3.bin', 'data_batch_4.bin', 'data_batch_5.bin'];

/**
 * @typedef {import('./data_loader.js').Source} Source
 * @typedef {{signal: AbortSignal, onTotal: (bytes: number) => void}} ReadOptions
 * @typedef {{name: string, bytes?: number, read: (options: ReadOptions) => AsyncIterable<Uint8Array<ArrayBuffer>>}} ByteFile
 */

/**
 * @param {object} environment
 * @param {import('./download.js').DownloadEnvironment} environment.network
 * @param {URL} environment.base the page's folder
 */
export function createSources({network, base}) {
  /** @param {string} url @param {string} [name] @param {number} [bytes] @returns {ByteFile} */
  const remote = (url, name = fileName(url), bytes) => ({name, bytes, read: (options) => download(network, url, options)});
  const folder = new URL('data/', base).href;

  /**
   * The files of `data/` beside the page: its manifest names them; without one, what answers to the usual names.
   * @param {AbortSignal} [signal]
   * @returns {Promise<ByteFile[]>} empty: there are none
   */
  async function besidePage(signal) {
    const manifest = await network.fetch(`${folder}manifest.json`, {signal}).catch(() => undefined);
    signal?.throwIfAborted();
    if (manifest?.ok) {
      const {files = []} = await manifest.json().catch(() => ({}));
      const names = new Map(files.map((/** @type {any} */ file) => [String(file.name), Number(file.bytes) || undefined]));
      const known = BATCHES.some((name) => names.has(name)) ? BATCHES.filter((name) => names.has(name)) : [...names.keys()];
      return known.map((name) => remote(new URL(encodeURIComponent(name), folder).href, name, names.get(name)));
    }
    for (const names of [BATCHES, [ARCHIVE]]) {
      const answer = await network.fetch(folder + names[0], {method: 'HEAD', signal}).catch(() => undefined);
      if (answer?.ok) return names.map((name) => remote(folder + name));
    }
    return [];
  }

  /**
   * @param {import('./data_loader.js').LoadOptions['source']} source
   * @param {AbortSignal} signal
   * @returns {Promise<Source>}
   */
  async function find(source, signal) {
    if (source === 'cifar10') {
      const files = await besidePage(signal);
      if (files.length === 0) {
        throw new PlaygroundError('not_found',
            `CIFAR-10 is not beside this page: ${folder} should hold the batches (data_batch_1.bin to test_batch.bin) or ${ARCHIVE}.`);
      }
      return fileSource({kind: 'beside', name: 'CIFAR-10 (beside the page)', url: folder}, files);
    }
    if (source instanceof URL || (typeof source === 'string' && /[:/.]/.test(source))) {
      const url = parseUrl(source, base);
      return fileSource({kind: 'url', name: fileName(url), url}, [remote(url)]);
    }
    throw new PlaygroundError('bad_argument',
        `load: source is ${JSON.stringify(source)}; it can be 'cifar10', 'sample', a URL or an array of files.`);
  }

  /** What can be loaded without asking anybody. */
  async function list() {
    return {beside_page: (await besidePage()).length > 0, kept: null, sample: true};
  }

  return {find, list};
}

/** @param {string | URL} source @param {URL} base */
function parseUrl(source, base) {
  try {
    const url = new URL(source, base);
    if (!/^(https?|blob|data):$/.test(url.protocol)) throw new TypeError('not http');
    return url.href;
  } catch {
    throw new PlaygroundError('bad_argument', `load: "${source}" is no address of a file; expected http:// or https://.`);
  }
}

/**
 * @param {Source['about']} about
 * @param {ByteFile[]} files
 * @returns {Source}
 */
function fileSource(about, files) {
  return {
    about,
    async *parts(progress, signal) {
      const sizes = new Map(files.map((file) => [file, file.bytes]));
      const announce = () => {
        let total = 0;
        for (const bytes of sizes.values()) total += bytes ?? NaN;  // one unknown, all unknown
        progress.set({total: Number.isNaN(total) ? undefined : total});
      };
      announce();
      for (const file of files) {
        progress.set({file: file.name});
        const onTotal = (/** @type {number} */ bytes) => {
          sizes.set(file, bytes);
          announce();
        };
        for await (const bytes of gathered(file.read({signal, onTotal}), CHUNK)) {
          progress.add(bytes.byteLength);
          yield {type: 'load_chunk', args: {file: file.name}, payloads: [bytes]};
        }
        yield {type: 'load_chunk', args: {file: file.name, end: true}, payloads: []};
      }
    },
  };
}

/**
 * Small pieces joined to buffers of `size` bytes; the last may be shorter.
 * @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces
 * @param {number} size
 * @returns {AsyncGenerator<ArrayBuffer>}
 */
export async function* gathered(pieces, size) {
  let buffer = new Uint8Array(size);
  let filled = 0;
  for await (let piece of pieces) {
    while (piece.length > 0) {
      const part = piece.subarray(0, size - filled);
      buffer.set(part, filled);
      filled += part.length;
      piece = piece.subarray(part.length);
      if (filled < size) continue;
      yield buffer.buffer;
      buffer = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.buffer.slice(0, filled);
}
