// Unpacks and decodes pictures off the page's thread. The page pulls: the reply to `open` describes the pictures, the reply to
// every later message is the next part, so that at most one part waits (data_worker_client.js).
import {wait} from './download.js';
import {PlaygroundError, withCode} from '../errors.js';
import {sortByFolders} from './folder_classes.js';
import {createReport, someOf} from './load_report.js';
import {openParquets} from './parquet_files.js';
import {pictureParts} from './picture_parts.js';
import {openBlob, openUrl} from './random_access.js';
import {readZip} from './zip_reader.js';
import {holdLock} from '../worker_end.js';

const CLASSES = {min: 2, max: 100};

/**
 * @typedef {import('./picture_parts.js').PicturePart} PicturePart
 * @typedef {{path: string, file: Blob}} GivenFile
 * @typedef {{kind: 'parquet', name: string, files: {name: string, split?: 'train' | 'test', url?: string, blob?: Blob}[], cifar10?: boolean, coarse?: boolean, others?: string[]}
 *         | {kind: 'pictures', name: string, files: GivenFile[], zips?: GivenFile[]}} Opening
 * `cifar10`: a file without class names has those of CIFAR-10. `others`: files beside them that are not read. `zips`: each counts as a
 * folder of its name, if there is something beside it.
 * @typedef {{class_names?: string[], total?: number, report: () => import('./load_report.js').LoadReport, parts: AsyncGenerator<PicturePart>}} Opened
 */

let read = 0;
const onRead = (/** @type {number} */ bytes) => void (read += bytes);

/** @param {Opening} opening @returns {Promise<Opened>} */
async function open(opening) {
  const report = createReport();
  if (opening.kind === 'parquet') {
    const files = await Promise.all(opening.files.map(async ({name, split, url, blob}) =>
      ({name, split, file: blob ? openBlob(blob, onRead) : await openUrl({fetch, wait}, url ?? '', onRead)})));
    opening.others?.forEach((name) => report.leaveOut('files beside the parquet files', name));
    return {...await openParquets(files, {cifar10: opening.cifar10, coarse: opening.coarse, remote: opening.files.some(({url}) => url)}, report), report: report.describe};
  }
  const files = [...opening.files.map(({path, file}) => ({path, bytes: file.size, read: async () => file})), ...await unzipped(opening, report)];
  const sorted = sortByFolders(files, report);
  const {class_names, pictures, problem} = sorted;
  if (problem || class_names.length < CLASSES.min || class_names.length > CLASSES.max) {
    const what = problem ?? `there ${class_names.length === 1 ? 'is 1 class' : `are ${class_names.length} classes`} (${someOf(class_names, 3)})`;
    const leftOut = report.describe().left_out.map(({why, count, names}) => `${why} (${count}, as ${names[0]})`).join(', ');
    throw new PlaygroundError('bad_data', `${opening.name}: ${what}; expected ${CLASSES.min} to ${CLASSES.max} folders, one per class, each with its pictures.` +
        (leftOut && ` Skipped: ${leftOut}.`) +
        (files.some(({path}) => /\.(hei[cf]|tiff?)$/i.test(path)) ? ' Few browsers decode HEIC and TIFF pictures: save them as JPEG or PNG.' : ''));
  }
  const total = pictures.reduce((sum, {file}) => sum + file.bytes, 0);
  return {class_names, total, report: report.describe, parts: pictureParts(opening.name, sorted, report, onRead)};
}

/** @param {Extract<Opening, {kind: 'pictures'}>} opening @param {ReturnType<typeof createReport>} report */
async function unzipped({zips = [], files}, report) {
  const alone = zips.length === 1 && files.length === 0;
  const lists = await Promise.all(zips.map(async ({path, file}) => {
    const entries = await readZip(file, path);
    if (entries.encoding) report.note(`${path} does not state the encoding of its names; they are read as ${entries.encoding}.`);
    return alone ? entries : entries.map((entry) => ({...entry, path: `${path.replace(/\.zip$/i, '')}/${entry.path}`}));
  }));
  return lists.flat();
}

/** @type {Opened | undefined} */
let opened;

/** @param {{open?: Opening}} message */
async function answer(message) {
  if (message.open) {
    opened = await open(message.open);
    return {class_names: opened.class_names, total: opened.total, report: opened.report()};
  }
  const next = await opened?.parts.next();
  const bytes = read;
  read = 0;
  return next?.done === false ? {part: next.value, read: bytes} : {done: true, read: bytes, report: opened?.report()};
}

holdLock();
addEventListener('message', ({data}) => {
  answer(data).then(
      (reply) => postMessage(reply, reply.part ? {transfer: [reply.part.pictures.buffer, reply.part.labels.buffer]} : undefined),
      (error) => {
        const {code, message} = withCode(error);
        postMessage({error: {code, message}});
      });
});
