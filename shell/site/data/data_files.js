// What kind of file each file given as a data set is: by name, or by its first bytes if the name is not informative.
import {PlaygroundError} from '../errors.js';
import {isPicture} from './folder_classes.js';
import {aboutBegin, aboutName} from './other_files.js';
import {baseName, isSystemFile, splitOf} from './paths.js';
import {formatOf} from './picture_formats.js';

const HEAD_BYTES = 600;
const COMPARED_AT_ONCE = 1 << 20;
const MOST_SNIFFED = 200;

/** @typedef {{path: string, file: Blob}} GivenFile */
/** @typedef {'parquet' | 'records' | 'names' | 'zip' | 'picture' | 'other' | 'system'} FileKind `records`: CIFAR-10's and CIFAR-100's batches and archives of them; `names`: the class names beside them */

const BY_NAME = /** @type {[RegExp, FileKind][]} */ ([
  [/(^|\/)(batches\.meta(\.txt)?|meta)$/i, 'names'], [/\.pth\.tar$/i, 'other'],
  [/\.parquet$/i, 'parquet'], [/\.zip$/i, 'zip'], [/\.(bin|tar|tgz)(\.gz)*$/i, 'records'], [/\.(tar|tgz|gz) ?\(\d+\)(\.gz)?$/i, 'records'],
  [/(^|\/)(data_batch_\d|test_batch)( ?\(\d+\))?$/, 'records'], [/(^|\/)cifar-100-python\/(train|test)$/, 'records'],
]);
const NEVER = /\.(txt|md|csv|tsv|json|xml|html?|pdf|docx?|xlsx?|py|ipynb|log|ya?ml)$/i;

/** By name alone; undefined if the name is not informative. @param {string} path @returns {FileKind | undefined} */
export function kindByName(path) {
  if (isSystemFile(path)) return 'system';
  if (isPicture(path)) return 'picture';
  return BY_NAME.find(([pattern]) => pattern.test(path))?.[1] ?? (NEVER.test(path) || isForeign(path) ? 'other' : undefined);
}

/** Whether the name is of an unsupported type. Pickles are excluded, because they may be batches. @param {string} path */
const isForeign = (path) => aboutName(path) !== '' && !/\.(pkl|pickle)$/i.test(path);

/** @param {GivenFile[]} files @returns {Promise<Map<FileKind, GivenFile[]>>} */
export async function sortByKind(files) {
  /** @type {Map<FileKind, GivenFile[]>} */
  const kinds = new Map();
  let sniffed = 0;
  for (const given of files) {
    const named = kindByName(given.path);
    const looked = (named === undefined || named === 'records') && sniffed++ < MOST_SNIFFED;
    const kind = !looked ? named ?? 'other' : named ? await isAnother(given.file) ? 'other' : named : await kindByContent(given.file);
    const same = kinds.get(kind);
    if (same) same.push(given);
    else kinds.set(kind, [given]);
  }
  return kinds;
}

/** @param {Blob} file */
const headOf = async (file) => new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer().catch(() => new ArrayBuffer(0)));

/** Whether a file's content contradicts its name. @param {Blob} file */
const isAnother = async (file) => aboutBegin(await headOf(file)) !== '';

/** @param {Blob} file @returns {Promise<FileKind>} */
export async function kindByContent(file) {
  const head = await headOf(file);
  if (aboutBegin(head)) return 'other';
  if (formatOf(head).name !== '') return 'picture';
  const start = String.fromCharCode(...head.subarray(0, 4));
  if (start === 'PK\x03\x04') return 'zip';
  if (start === 'PAR1') return 'parquet';
  if (start.startsWith('MZ')) return 'zip';  // perhaps a self-extracting archive; the zip reader rejects it if it is not one
  if (head[0] === 0x1f && head[1] === 0x8b) return 'records';
  if (String.fromCharCode(...head.subarray(257, 262)) === 'ustar') return 'records';
  if (head[0] === 0x80 && head[1] >= 2 && head[1] <= 5) return 'records';  // a Python pickle: CIFAR-100's train and test
  return 'other';
}

/** What a file is, by its name, or else by its content. @param {GivenFile} given */
async function aboutFile({path, file}) {
  return file.size === 0 ? 'is empty: copy or download it again.' : aboutBegin(await headOf(file)) || aboutName(baseName(path));
}

/** Why nothing here is a data set. @param {GivenFile[]} files */
export async function refusal(files) {
  const known = files.filter(({path}) => !isSystemFile(path));
  const [first] = known;
  const why = first && await aboutFile(first);
  const expected = 'expected cifar-10-binary.tar.gz, CIFAR-10\'s or CIFAR-100\'s .bin files, a .parquet or .zip file, or a folder with one folder of pictures for each class.';
  const others = ' A model (.safetensors, .onnx, TensorFlow.js) or a single picture can be dropped on the page, too.';
  if (why) return new PlaygroundError('bad_data', `${baseName(first.path)} ${why}`);
  const what = files.length === 0 ? 'No file was given' : known.length === 0 ? `${titleOf(files)}: only hidden or system files` : `${titleOf(known)}: not a data set`;
  return new PlaygroundError('bad_data', `${what}; ${expected}${known.length > 0 ? others : ''}`);
}

/** @param {{path: string}[]} files */
export const titleOf = (files) => (files.length === 1 ? files[0].path : `${files[0].path} and ${files.length - 1} more`);

/** A name without what a system adds to a copy: "data_batch_1 (1).bin", "data_batch_1 copy.bin". @param {string} path */
const original = (path) => baseName(path).replace(/( ?\(\d+\)| copy( \d+)?| - Copy( \(\d+\))?)(?=(\.|$))/i, '');

/**
 * Each content once in a split, the file with the plainest name of equal ones.
 * @template {GivenFile} F
 * @param {F[]} files
 * @param {(path: string) => void} onCopy
 */
export async function withoutCopies(files, onCopy) {
  /** @type {F[]} */
  const kept = [];
  const plainFirst = [...files].sort((a, b) => Number(original(a.path) !== baseName(a.path)) - Number(original(b.path) !== baseName(b.path)));
  for (const one of plainFirst) {
    let copy = false;
    for (const other of kept) copy ||= other.file.size === one.file.size && splitOf(other.path) === splitOf(one.path) && await equalBytes(other.file, one.file);
    if (copy) onCopy(one.path);
    else kept.push(one);
  }
  return files.filter((one) => kept.includes(one));
}

/** @param {Blob} a @param {Blob} b of the same size */
async function equalBytes(a, b) {
  for (let at = 0, length = 4096; at < a.size; at += length, length = COMPARED_AT_ONCE) {
    const [x, y] = (await Promise.all([a, b].map((one) => one.slice(at, at + length).arrayBuffer()))).map((bytes) => new Uint8Array(bytes));
    if (x.length !== y.length || x.some((byte, i) => byte !== y[i])) return false;
  }
  return true;
}
