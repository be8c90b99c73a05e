// The sources of data sets, each as a Source of data_loader.js.
import {isDescribed} from './data_loader.js';
import {openPictures} from './data_worker_client.js';
import {download, fileName, pieces} from './download.js';
import {PlaygroundError, named} from '../errors.js';
import {isPicture} from './picture_parts.js';

const CHUNK = 1 << 20;  // bytes in one message; network pieces of 64 kB would cost a message each
const HUGGING_FACE = 'https://huggingface.co/datasets/uoft-cs/cifar10/resolve/main/';
const HUGGING_FACE_BYTES = 144e6;
// Test pictures first, so that training can start, with validation, while the rest arrives.
const PARQUET = [{split: 'test', path: 'plain_text/test-00000-of-00001.parquet'}, {split: 'train', path: 'plain_text/train-00000-of-00001.parquet'}];
const CIFAR10_KINDS = new Set(['beside', 'huggingface']);  // kinds of a kept data set that 'cifar10' accepts
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
 * @param {() => Worker} environment.createDataWorker
 * @param {{about: () => Promise<{source: any, bytes: number, saved: string} | null>, source: () => Promise<Source>}} environment.keptData
 */
export function createSources({network, base, createDataWorker, keptData}) {
  /** @param {string} url @param {string} [name] @param {number} [bytes] @returns {ByteFile} */
  const remote = (url, name = fileName(url), bytes) => ({name, bytes, read: (options) => download(network, url, options)});
  const folder = new URL('data/', base).href;

  /**
   * The files of `data/` beside the page: those its manifest lists, or without a manifest those with the usual names.
   * @param {AbortSignal} [signal]
   * @returns {Promise<ByteFile[]>} empty if there are none
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
   * @param {import('./data_loader.js').LoadOptions} options
   * @param {AbortSignal} signal
   * @returns {Promise<Source>}
   */
  async function find({source, url: mirror}, signal) {
    if (source === 'kept') return keptData.source();
    if (isDescribed(source)) return findDescribed(source, signal);
    if (source === 'cifar10') {
      if (CIFAR10_KINDS.has((await keptData.about())?.source.kind)) return keptData.source();
      const files = await besidePage(signal);
      if (files.length === 0) {
        throw new PlaygroundError('not_found',
            `CIFAR-10 is not beside this page: ${folder} has neither the batches (data_batch_1.bin to test_batch.bin) nor ${ARCHIVE}.`);
      }
      return fileSource({kind: 'beside', name: 'CIFAR-10 (beside the page)', url: folder}, files);
    }
    if (source === 'huggingface') {
      const root = parseUrl(mirror ?? HUGGING_FACE, base);
      const files = PARQUET.map(({split, path}) => ({name: path, split, url: new URL(path, root).href}));
      return pictureSource({kind: 'huggingface', name: 'CIFAR-10 (Hugging Face)', url: root},
          {kind: 'parquet', files: /** @type {any} */ (files)}, signal);
    }
    if (source instanceof URL || (typeof source === 'string' && /[:/.]/.test(source))) return findUrl(parseUrl(source, base), signal);
    const files = listOfFiles(source);
    if (files) return findFiles(files, signal);
    throw new PlaygroundError('bad_argument',
        `load: source is ${named(source)}; expected 'cifar10', 'huggingface', 'kept', 'sample', a URL or an array of files.`);
  }

  /**
   * The source that a data set came from, as its description says: the copy in this browser, or else the place it came from.
   * @param {import('./data_loader.js').Described} described
   * @param {AbortSignal} signal
   * @returns {Promise<Source>}
   */
  async function findDescribed(described, signal) {
    const {kind, url, name = kind} = described;
    if (sameSource((await keptData.about())?.source, described)) return keptData.source();
    if (kind === 'cifar10' || kind === 'beside') return find({source: 'cifar10'}, signal);
    if (kind === 'huggingface' && (!url || isWebAddress(url))) return find({source: 'huggingface', url}, signal);
    if (kind === 'url' && url && isWebAddress(url)) return findUrl(url, signal);
    throw new PlaygroundError('not_found', `"${name.slice(0, 80)}" was loaded from files of a user's computer, which a page cannot open again.`);
  }

  /** @param {string} url @param {AbortSignal} signal */
  async function findUrl(url, signal) {
    const name = fileName(url);
    const about = {kind: 'url', name, url};
    if (name.endsWith('.parquet')) return pictureSource(about, {kind: 'parquet', files: [{name, split: splitOf(name), url}]}, signal);
    return fileSource(about, [remote(url)]);
  }

  /**
   * @param {(File | {path: string, file: File})[]} given
   * @param {AbortSignal} signal
   */
  async function findFiles(given, signal) {
    const files = given.map((one) => (one instanceof Blob ? {path: one.webkitRelativePath || one.name, file: one} : one));
    /** @param {RegExp} name */
    const named = (name) => files.filter(({path}) => name.test(path));
    const parquets = named(/\.parquet$/i);
    if (parquets.length > 0) {
      return pictureSource({kind: 'files', name: titleOf(parquets)},
          {kind: 'parquet', files: parquets.map(({path, file}) => ({name: path, split: splitOf(path), blob: file}))}, signal);
    }
    const records = named(/\.(bin|tar|tgz|tar\.gz|bin\.gz)$/i);
    if (records.length > 0) return fileSource({kind: 'files', name: titleOf(records)}, records.map(({path, file}) => local(path, file)));
    const zips = named(/\.zip$/i);
    if (zips.length === 1) return pictureSource({kind: 'files', name: zips[0].path}, {kind: 'zip', name: zips[0].path, file: zips[0].file}, signal);
    const pictures = files.filter(({path}) => isPicture(path));
    if (pictures.length > 0) {
      const name = pictures[0].path.split('/')[0];
      return pictureSource({kind: 'files', name}, {kind: 'pictures', name, files: pictures}, signal);
    }
    throw new PlaygroundError('bad_data',
        `${files.length === 0 ? 'No file was given' : `${titleOf(files)}: not a data set`}; expected cifar-10-binary.tar.gz, CIFAR-10's .bin files, ` +
        'a .parquet or .zip file, or a folder with one folder of pictures for each class.');
  }

  /**
   * @param {Source['about']} about
   * @param {import('./data_worker.js').Opening} opening
   * @param {AbortSignal} signal
   * @returns {Promise<Source>}
   */
  async function pictureSource(about, opening, signal) {
    const {class_names, parts} = await openPictures(createDataWorker, opening, signal);
    return {about: {...about, class_names}, parts};
  }

  /** The sources that are available. */
  async function list() {
    const kept = await keptData.about();
    return {
      beside_page: (await besidePage()).length > 0,
      kept: kept && {label: kept.source.name, kind: kept.source.kind, bytes: kept.bytes, saved: kept.saved},
      huggingface: HUGGING_FACE, sample: true,
    };
  }

  /**
   * Whether a source loads without a download from elsewhere.
   * @param {import('./data_loader.js').Described} described
   */
  async function isHere(described) {
    const {kind} = described;
    if (kind === 'sample') return true;
    const kept = (await keptData.about())?.source;
    if (sameSource(kept, described) || (kind === 'huggingface' && !described.url && kept?.kind === kind)) return true;
    return (kind === 'cifar10' || kind === 'beside') && (CIFAR10_KINDS.has(kept?.kind) || (await besidePage()).length > 0);
  }

  /** The size of its download; undefined if it is not known. @param {import('./data_loader.js').Described} described */
  async function sizeOf({kind, url}) {
    if (kind === 'huggingface' && !url) return HUGGING_FACE_BYTES;
    if (!url || !isWebAddress(url)) return undefined;
    const answer = await network.fetch(url, {method: 'HEAD'}).catch(() => undefined);
    return answer?.ok ? Number(answer.headers.get('content-length')) || undefined : undefined;
  }

  return {find, list, isHere, sizeOf};
}

/** Whether two descriptions are of the same source. @param {any} a @param {any} b */
const sameSource = (a, b) => a?.kind === b.kind && a?.name === b.name && a?.url === b.url && a?.limit === b.limit;

/** @param {string} url */
function isWebAddress(url) {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** The files, if that is what was given: an array or a FileList. @param {any} source @returns {(File | {path: string, file: File})[] | undefined} */
function listOfFiles(source) {
  if (source === null || typeof source !== 'object' || typeof source[Symbol.iterator] !== 'function') return undefined;
  const files = [...source];
  return files.every((one) => (one instanceof Blob && typeof /** @type {any} */ (one).name === 'string') || (typeof one?.path === 'string' && one.file instanceof Blob)) ? files : undefined;
}

/** @param {string} path @returns {'train' | 'test'} */
const splitOf = (path) => (/(^|[^a-z])(test|val|validation)([^a-z]|$)/i.test(path) ? 'test' : 'train');

/** @param {{path: string}[]} files */
const titleOf = (files) => (files.length === 1 ? files[0].path : `${files[0].path} and ${files.length - 1} more`);

/** @param {string} name @param {Blob} file @returns {ByteFile} */
const local = (name, file) => ({name, bytes: file.size, read: ({signal}) => pieces(/** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (file.stream()), signal)});

/** @param {string | URL} source @param {URL} base */
function parseUrl(source, base) {
  try {
    const url = new URL(source, base);
    if (!/^(https?|blob|data):$/.test(url.protocol)) throw new TypeError('not http');
    return url.href;
  } catch {
    throw new PlaygroundError('bad_argument', `load: "${source}" is not the address of a file; expected http:// or https://.`);
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
        for (const bytes of sizes.values()) total += bytes ?? NaN;  // if one is unknown, the total is unknown
        progress.set({total: Number.isNaN(total) ? undefined : total});
      };
      announce();
      for (const file of files) {
        progress.set({file: file.name});
        const onTotal = (/** @type {number} */ bytes) => {
          sizes.set(file, bytes);
          announce();
        };
        // Counted as they arrive: a whole chunk takes long over a slow connection.
        for await (const bytes of gathered(counted(file.read({signal, onTotal}), progress.add), CHUNK)) {
          yield {type: 'load_chunk', args: {file: file.name}, payloads: [bytes]};
        }
        yield {type: 'load_chunk', args: {file: file.name, end: true}, payloads: []};
      }
    },
  };
}

/** @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces @param {(bytes: number) => void} onBytes */
async function* counted(pieces, onBytes) {
  for await (const piece of pieces) {
    onBytes(piece.length);
    yield piece;
  }
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
