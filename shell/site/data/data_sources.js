// The sources of data sets, each as a Source of data_loader.js.
import {BATCHES, bytesOf, fileSource, firstOf, local} from './byte_files.js';
import {isDescribed} from './data_loader.js';
import {openPictures} from './data_worker_client.js';
import {download, fileName, pieces} from './download.js';
import {kindByContent, kindByName, refusal, sortByKind, titleOf, withoutCopies} from './data_files.js';
import {createReport} from './load_report.js';
import {isSystemFile} from './paths.js';
import {readZip} from './zip_reader.js';
import {PlaygroundError, named} from '../errors.js';

const HUGGING_FACE = 'https://huggingface.co/datasets/uoft-cs/cifar10/resolve/main/';
const HUGGING_FACE_BYTES = 144e6;
const UNASKED_BYTES = 10e6;  // a larger download is only begun if the user asks for it
/** Training pictures, and as many test pictures, of the part of CIFAR-10 that is offered beside the whole. */
const PART = 5000;
// Test pictures first, so that training can start, with validation, while the rest arrives.
const PARQUET = [{split: 'test', path: 'plain_text/test-00000-of-00001.parquet'}, {split: 'train', path: 'plain_text/train-00000-of-00001.parquet'}];
const CLASS_NAMES = 'batches.meta.txt';
const CIFAR10_KINDS = new Set(['beside', 'huggingface']);  // kinds of a kept data set that 'cifar10' accepts
const MOST_ZIPS_IN_ZIPS = 2;
const ARCHIVE = 'cifar-10-binary.tar.gz';

/**
 * @typedef {import('./data_loader.js').Source} Source
 * @typedef {{about?: Source['about'], coarse: boolean, depth?: number}} Inside `about`: of what the files come from. `depth`: of zip files in zip files
 * @typedef {import('./byte_files.js').ByteFile} ByteFile
 */

/**
 * @param {object} environment
 * @param {import('./download.js').DownloadEnvironment} environment.network
 * @param {URL} environment.base the page's folder
 * @param {() => Worker} environment.createDataWorker
 * @param {{about: () => Promise<{source: any, fingerprint?: string, bytes: number, saved: string} | null>, source: () => Promise<Source>}} environment.keptData
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
      const listed = (await manifest.json().catch(() => undefined))?.files;
      const names = new Map((Array.isArray(listed) ? listed : []).filter((/** @type {any} */ file) => typeof file?.name === 'string').map((/** @type {any} */ file) => [file.name, Number(file.bytes) || undefined]));
      const known = BATCHES.some((name) => names.has(name)) ? [CLASS_NAMES, ...BATCHES].filter((name) => names.has(name)) : [...names.keys()];
      return known.map((name) => remote(new URL(encodeURIComponent(name), folder).href, name, names.get(name)));
    }
    for (const names of [BATCHES, [ARCHIVE]]) {
      const first = await sizeAt(folder + names[0], signal);
      if (!first) continue;
      const others = await Promise.all(names.slice(1).map((name) => sizeAt(folder + name, signal)));
      return [first, ...others].map((size, i) => remote(folder + names[i], names[i], size?.bytes));
    }
    return [];
  }

  /** @param {string} url @param {AbortSignal} [signal] @returns {Promise<{bytes?: number} | undefined>} undefined: there is no such file */
  async function sizeAt(url, signal) {
    const answer = await network.fetch(url, {method: 'HEAD', signal}).catch(() => undefined);
    if (!answer?.ok) return undefined;
    const compressed = answer.headers.get('content-encoding');  // then the length is of the compressed bytes
    return {bytes: compressed ? undefined : Number(answer.headers.get('content-length')) || undefined};
  }

  /**
   * @param {import('./data_loader.js').LoadOptions} options
   * @param {AbortSignal} signal
   * @param {import('./progress.js').Progress} [progress] of what must be downloaded whole before it can be opened
   * @returns {Promise<Source>}
   */
  async function find({source, url: mirror, limit, labels}, signal, progress) {
    const coarse = labels === 'coarse';
    if (source === 'kept') return keptData.source();
    if (isDescribed(source)) return findDescribed({...source, limit}, coarse, signal, progress);
    if (source === 'cifar10') {
      if (CIFAR10_KINDS.has((await keptData.about())?.source.kind)) return keptData.source();
      const files = await besidePage(signal);
      if (files.length === 0) {
        throw new PlaygroundError('not_found',
            `CIFAR-10 is not beside this page: found neither the batch files (data_batch_1.bin to test_batch.bin) nor ${ARCHIVE} in ${folder}, and no copy is stored in this browser. The source 'huggingface' downloads it (${HUGGING_FACE_BYTES / 1e6} MB).`);
      }
      return fileSource({kind: 'beside', name: 'CIFAR-10 (beside the page)', url: folder}, firstOf(files, limit));
    }
    if (source === 'huggingface') {
      const root = parseUrl(mirror ?? HUGGING_FACE, base);
      const files = PARQUET.map(({split, path}) => ({name: path, split, url: new URL(path, root).href}));
      return pictureSource({kind: 'huggingface', name: 'CIFAR-10 (Hugging Face)', url: root},
          {kind: 'parquet', name: 'CIFAR-10', files: /** @type {any} */ (files), cifar10: true}, signal);
    }
    if (source instanceof URL || (typeof source === 'string' && /[:/.]/.test(source))) return findUrl(parseUrl(source, base), coarse, signal, progress);
    const files = listOfFiles(source);
    if (files) return findFiles(files, {coarse}, signal);
    throw new PlaygroundError('bad_argument',
        `load: source is ${named(source)}; expected 'cifar10', 'huggingface', 'kept', 'sample', a URL or an array of files.`);
  }

  /**
   * The source that a data set came from, by its description: the copy in this browser, otherwise its origin.
   * @param {import('./data_loader.js').Described} described @param {boolean} coarse
   * @param {AbortSignal} signal @param {import('./progress.js').Progress} [progress]
   * @returns {Promise<Source>}
   */
  async function findDescribed(described, coarse, signal, progress) {
    const {kind, url, limit, name = kind} = described;
    const kept = await keptData.about();
    if (sameSource(kept?.source, described) && (described.fingerprint ?? kept?.fingerprint) === kept?.fingerprint) return keptData.source();
    if (kind === 'cifar10' || kind === 'beside') return find({source: 'cifar10', limit}, signal);
    if (kind === 'huggingface' && (!url || isWebAddress(url))) return find({source: 'huggingface', url}, signal);
    if (kind === 'url' && url && isWebAddress(url)) return findUrl(url, coarse, signal, progress);
    throw new PlaygroundError('not_found', `"${name.slice(0, 80)}" was loaded from files of a user's computer, which a page cannot open again.`);
  }

  /**
   * @param {string} url @param {boolean} coarse @param {AbortSignal} signal
   * @param {import('./progress.js').Progress} [progress]
   */
  async function findUrl(url, coarse, signal, progress) {
    const name = fileName(url);
    const about = {kind: 'url', name, url};
    const kind = kindByName(name) ?? await kindOfUrl(url, signal);
    if (kind === 'parquet') return pictureSource(about, {kind: 'parquet', name, files: [{name, url}], coarse}, signal);
    if (kind !== 'zip') return fileSource(about, [remote(url)]);
    const received = [];  // the list of its files is at its end
    progress?.set({file: name});
    for await (const piece of download(network, url, {signal, onTotal: (total) => progress?.set({total}), expected: 'a zip file of pictures'})) {
      received.push(piece);
      progress?.add(piece.length);
    }
    return findFiles([{path: name, file: new File(received, name)}], {about, coarse}, signal);
  }

  /** For a URL whose name is not informative: by its first bytes. @param {string} url @param {AbortSignal} signal */
  async function kindOfUrl(url, signal) {
    const response = await network.fetch(url, {signal, headers: {range: 'bytes=0-599'}}).catch(() => undefined);
    signal.throwIfAborted();
    if (!response?.ok || !response.body) return undefined;  // the download itself tells why
    for await (const piece of pieces(response.body, signal)) return kindByContent(new Blob([piece]));
    return undefined;
  }

  /**
   * @param {(File | {path: string, file: File})[]} given
   * @param {Inside} options
   * @param {AbortSignal} signal
   * @returns {Promise<Source>}
   */
  async function findFiles(given, options, signal) {
    const {about, coarse} = options;
    const files = given.map((one) => (one instanceof Blob ? {path: one.webkitRelativePath || one.name, file: one} : one));
    const kinds = await sortByKind(files);
    const of = (/** @type {import('./data_files.js').FileKind} */ kind) => kinds.get(kind) ?? [];
    const beside = (/** @type {import('./data_files.js').FileKind[]} */ ...used) => {
      const taken = new Set(used.flatMap(of));
      return files.filter((one) => !taken.has(one)).map(({path}) => path);
    };
    const [zip] = of('zip');
    // What is in a zip file counts as if it were unpacked.
    if (zip && of('zip').length === 1 && of('parquet').length + of('records').length + of('picture').length === 0) {
      const inside = await insideZip(zip, {...options, about: about ?? {kind: 'files', name: zip.path}}, signal);
      if (inside) return inside;
    }
    if (of('parquet').length > 0) {
      return pictureSource(about ?? {kind: 'files', name: titleOf(of('parquet'))},
          {kind: 'parquet', name: titleOf(of('parquet')), files: of('parquet').map(({path, file}) => ({name: path, blob: file})), coarse, others: beside('parquet')}, signal);
    }
    if (of('records').length > 0) {
      const report = createReport();
      const copies = (/** @type {string} */ path) => report.leaveOut('copies of other files', path);
      const records = await withoutCopies(of('records'), copies);
      // Class names go first, so that they apply to the batches.
      const names = await withoutCopies(of('names'), copies);
      for (const path of beside('records', 'names')) report.leaveOut(isSystemFile(path) ? 'hidden or system files' : 'files beside the batches', path);
      return fileSource(about ?? {kind: 'files', name: titleOf(records)}, [...names, ...records].map(({path, file}) => local(path, file)), report);
    }
    if (of('picture').length > 0 || of('zip').length > 0) {
      const name = about?.name ?? (of('picture').length > 0 ? of('picture')[0].path.split('/')[0] : titleOf(of('zip')));
      return pictureSource(about ?? {kind: 'files', name}, {kind: 'pictures', name, files: files.filter((one) => !of('zip').includes(one)), zips: of('zip')}, signal);
    }
    throw await refusal(files);
  }

  /**
   * Batches, parquet files and zip files in a zip file; undefined if it contains none, so perhaps pictures.
   * @param {import('./data_files.js').GivenFile} zip
   * @param {Inside} options
   * @param {AbortSignal} signal
   * @returns {Promise<Source | undefined>}
   */
  async function insideZip(zip, {depth = 0, ...options}, signal) {
    const entries = await readZip(zip.file, zip.path);
    const ofKind = (/** @type {import('./data_files.js').FileKind} */ kind) => entries.filter(({path}) => kindByName(path) === kind);
    if (ofKind('picture').length > 0) return undefined;
    const used = [ofKind('parquet'), ofKind('records'), ofKind('zip')].find((some) => some.length > 0);
    if (used === undefined) return undefined;
    if (depth >= MOST_ZIPS_IN_ZIPS) return undefined;
    const unpacked = await Promise.all([...used, ...ofKind('names')].map(async ({path, read}) => ({path, file: new File([await read()], path)})));
    signal.throwIfAborted();
    return findFiles(unpacked, {...options, depth: depth + 1}, signal);
  }

  /**
   * @param {Source['about']} about
   * @param {import('./data_worker.js').Opening} opening
   * @param {AbortSignal} signal
   * @returns {Promise<Source>}
   */
  async function pictureSource(about, opening, signal) {
    const {class_names, parts, report} = await openPictures(createDataWorker, opening, signal);
    return {about: {...about, class_names}, parts, report};
  }

  /** The sources that are available, and the size of their downloads where it is known. @returns {Promise<import('../protocol.js').Sources>} */
  async function list() {
    const [kept, files] = await Promise.all([keptData.about(), besidePage()]);
    const bytes = bytesOf(files), part = bytesOf(firstOf(files, PART));
    const small = files.length > 0 && bytes !== undefined && bytes <= UNASKED_BYTES;
    return {
      beside_page: files.length > 0, beside_bytes: bytes,
      part: bytes !== undefined && part !== undefined && part < bytes ? {pictures: PART, bytes: part} : undefined,
      kept: kept && {label: kept.source.name, kind: kept.source.kind, bytes: kept.bytes, saved: kept.saved},
      huggingface: HUGGING_FACE, huggingface_bytes: HUGGING_FACE_BYTES, sample: true,
      unasked: kept ? 'kept' : small ? 'cifar10' : 'sample',
    };
  }

  /**
   * What loading a source costs: `unasked` if nothing, or little from this server. CIFAR-10 that is not here comes from Hugging Face.
   * @param {import('./data_loader.js').Described} described
   * @returns {Promise<{source: import('./data_loader.js').Described, unasked: boolean, title: string, bytes?: number}>}
   */
  async function offer(described) {
    const {kind, url, limit} = described;
    const kept = (await keptData.about())?.source;
    const huggingFace = kind === 'huggingface' && (!url || url === HUGGING_FACE);
    const title = huggingFace ? 'CIFAR-10 from Hugging Face' : url ?? kind;
    const here = kind === 'sample' || sameSource(kept, described) || (huggingFace && kept?.kind === kind);
    if (here) return {source: described, unasked: true, title};
    if (kind === 'cifar10' || kind === 'beside') {
      if (CIFAR10_KINDS.has(kept?.kind)) return {source: described, unasked: true, title};
      const files = await besidePage();
      const bytes = bytesOf(firstOf(files, limit));
      if (files.length > 0) return {source: described, unasked: bytes !== undefined && bytes <= UNASKED_BYTES, title: 'CIFAR-10 from this server', bytes};
      if (kind === 'cifar10') return offer({...described, kind: 'huggingface'});
    }
    if (huggingFace) return {source: described, unasked: false, title, bytes: HUGGING_FACE_BYTES};
    return {source: described, unasked: false, title, bytes: url && isWebAddress(url) ? (await sizeAt(url))?.bytes : undefined};
  }

  return {find, list, offer};
}

/** Whether two descriptions are of the same source. @param {any} a @param {any} b */
const sameSource = (a, b) => a?.kind === b.kind && a?.name === b.name && a?.url === b.url && a?.limit === b.limit && a?.labels === b.labels;

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
