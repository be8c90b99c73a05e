// Unpacks and decodes pictures off the page's thread. The page pulls: the reply to `open` describes the pictures, the reply to
// every later message is the next part, so that at most one part waits (data_worker_client.js).
import {wait} from './download.js';
import {PlaygroundError, withCode} from '../errors.js';
import {openParquet} from './parquet_pictures.js';
import {pictureParts, sortPictures} from './picture_parts.js';
import {openBlob, openUrl} from './random_access.js';
import {readZip} from './zip_reader.js';

/**
 * @typedef {import('./picture_parts.js').PicturePart} PicturePart
 * @typedef {{kind: 'parquet', files: {name: string, split: 'train' | 'test', url?: string, blob?: Blob}[]}
 *         | {kind: 'pictures', name: string, files: {path: string, file: Blob}[]}
 *         | {kind: 'zip', name: string, file: Blob}} Opening
 * @typedef {{class_names?: string[], total?: number, parts: AsyncGenerator<PicturePart>}} Opened
 */

let read = 0;
const onRead = (/** @type {number} */ bytes) => void (read += bytes);

/** @param {Opening} opening @returns {Promise<Opened>} */
async function open(opening) {
  if (opening.kind === 'parquet') return openParquets(opening.files);
  const files = opening.kind === 'zip' ? await readZip(opening.file, opening.name)
      : opening.files.map(({path, file}) => ({path, bytes: file.size, read: async () => file}));
  const {class_names, pictures} = sortPictures(opening.name, files);
  const total = pictures.reduce((sum, {file}) => sum + file.bytes, 0);
  return {class_names, total, parts: pictureParts(pictures, onRead)};
}

/** @param {Extract<Opening, {kind: 'parquet'}>['files']} files @returns {Promise<Opened>} */
async function openParquets(files) {
  const opened = await Promise.all(files.map(async ({name, split, url, blob}) => {
    const file = blob ? openBlob(blob, onRead) : await openUrl({fetch, wait}, url ?? '', onRead);
    return {split, bytes: file.byteLength, ...await openParquet(name, file)};
  }));
  if (new Set(opened.map(({class_names}) => JSON.stringify(class_names))).size > 1) {
    throw new PlaygroundError('bad_data', `${files.map(({name}) => name).join(' and ')} name different classes.`);
  }
  async function* parts() {
    for (const {split, parts} of opened) yield* parts(split);
  }
  return {class_names: opened[0].class_names, total: opened.reduce((sum, {bytes}) => sum + bytes, 0), parts: parts()};
}

/** @type {Opened | undefined} */
let opened;

/** @param {{open?: Opening}} message */
async function answer(message) {
  if (message.open) {
    opened = await open(message.open);
    return {class_names: opened.class_names, total: opened.total};
  }
  const next = await opened?.parts.next();
  const bytes = read;
  read = 0;
  return next?.done === false ? {part: next.value, read: bytes} : {done: true, read: bytes};
}

addEventListener('message', ({data}) => {
  answer(data).then(
      (reply) => postMessage(reply, reply.part ? {transfer: [reply.part.pictures.buffer, reply.part.labels.buffer]} : undefined),
      (error) => {
        const {code, message} = withCode(error);
        postMessage({error: {code, message}});
      });
});
