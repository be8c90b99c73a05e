// The pixels of pictures that are sorted into classes, in parts: few at a time if the files are large.
import {PlaygroundError} from '../errors.js';
import {crc32} from './crc32.js';
import {PICTURE_BYTES, SHEET, decodePictures} from './picture_decoder.js';
import {someOf} from './load_report.js';

const BYTES_AT_ONCE = 16e6;  // of files in one part: a part of photos takes about a second

/**
 * @typedef {{path: string, bytes: number, problem?: string, read: () => Promise<Blob>}} PictureFile
 * @typedef {{split: 'train' | 'test', label: number, file: PictureFile}} SortedPicture
 * @typedef {{split: 'train' | 'test', pictures: Uint8Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer>, skipped?: string[]}} PicturePart
 */

/**
 * @param {string} name of the whole, for errors
 * @param {{pictures: SortedPicture[], class_names: string[], held_out: boolean}} sorted
 * @param {import('./load_report.js').ReportBuilder} report
 * @param {(bytes: number) => void} onRead
 * @returns {AsyncGenerator<PicturePart>}
 */
export async function* pictureParts(name, {pictures: list, class_names: classNames, held_out: heldOut}, report, onRead) {
  const copies = createCopyFinder(list, heldOut, report);
  const counts = classNames.map(() => 0);
  let transparent = 0;
  for (const split of /** @type {const} */ (['test', 'train'])) {
    for (const some of portions(list.filter((picture) => picture.split === split))) {
      /** @type {(SortedPicture & {blob: Blob})[]} */
      const read = [];
      /** @type {string[]} */
      const skipped = [];
      const skip = (/** @type {string} */ path, /** @type {string} */ why) => {
        report.leaveOut(why, path);
        skipped.push(path);
      };
      await Promise.all(some.map(async (picture) => {
        const blob = await picture.file.read().catch(() => undefined);
        return {picture, blob, key: blob && await copies.keyOf(blob)};
      })).then((fetched) => fetched.forEach(({picture, blob, key}) => {
        const {path, bytes, problem} = picture.file;
        onRead(bytes);
        if (!blob) skip(path, `unreadable (${problem ?? 'damaged or no longer there'})`);
        else if (key && copies.isCopy(picture, key)) skip(path, 'copies of other pictures of their class');
        else read.push({...picture, blob});
      }));
      const decoded = await decodePictures(read.map(({blob}) => blob));
      for (const [i, why] of decoded.broken) skip(read[i].file.path, `unreadable (${why})`);
      transparent += decoded.transparent;
      const good = read.map((_, i) => i).filter((i) => !decoded.broken.has(i));
      good.forEach((i) => ++counts[read[i].label]);
      if (good.length > 0) yield {split, ...pick(decoded.pictures, read, good), skipped};
    }
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) {
    const [{why, names}] = report.describe().left_out.filter(({why}) => /unreadable|cannot be read/.test(why));
    throw new PlaygroundError('bad_data', `${name}: the browser cannot decode "${names[0]}" or any other picture: ${why}.`);
  }
  const empty = classNames.filter((_, label) => counts[label] === 0);
  if (empty.length > 0) report.note(`No picture of ${someOf(empty.map((name) => `"${name}"`))} could be read: the class is empty.`);
  if (transparent > 0) report.note(`${transparent} ${transparent === 1 ? 'picture is' : 'pictures are'} transparent in places; white is behind.`);
  copies.tell();
}

/** @param {SortedPicture[]} list */
function* portions(list) {
  let some = [];
  let bytes = 0;
  for (const picture of list) {
    if (some.length > 0 && (some.length === SHEET || bytes + picture.file.bytes > BYTES_AT_ONCE)) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(picture);
    bytes += picture.file.bytes;
  }
  if (some.length > 0) yield some;
}

/**
 * Finds files with equal bytes. Only files of one size are compared, by checksum.
 * @param {SortedPicture[]} list
 * @param {boolean} heldOut the splits are not by folder, so that a copy in the other split is a copy as well
 * @param {import('./load_report.js').ReportBuilder} report
 */
function createCopyFinder(list, heldOut, report) {
  /** @type {Map<number, number>} */
  const sizes = new Map();
  for (const {file} of list) sizes.set(file.bytes, (sizes.get(file.bytes) ?? 0) + 1);
  /** @type {Map<string, {label: number, split: string}[]>} */
  const seen = new Map();
  let inBoth = 0;
  let twoClasses = 0;
  return {
    /** Equal for equal bytes; undefined: no other file has this size. @param {Blob} blob */
    async keyOf(blob) {
      return (sizes.get(blob.size) ?? 0) < 2 ? undefined : `${blob.size} ${crc32(new Uint8Array(await blob.arrayBuffer()))}`;
    },
    /** Whether the same bytes came before in the same class and split. @param {SortedPicture} picture @param {string} key */
    isCopy({label, split}, key) {
      const earlier = seen.get(key);
      if (!earlier) seen.set(key, [{label, split}]);
      if (!earlier) return false;
      if (earlier.some((one) => one.label === label && (heldOut || one.split === split))) return true;
      if (earlier.some((one) => one.label !== label)) ++twoClasses;
      else ++inBoth;
      earlier.push({label, split});
      return false;
    },
    tell() {
      if (inBoth > 0) report.note(`${inBoth} training ${inBoth === 1 ? 'picture is also a test picture' : 'pictures are also test pictures'}: the test accuracy will look too good.`);
      if (twoClasses > 0) report.note(`${twoClasses} ${twoClasses === 1 ? 'picture is' : 'pictures are'} in two classes with the same bytes.`);
    },
  };
}

/**
 * @param {Uint8Array<ArrayBuffer>} pictures
 * @param {{label: number}[]} some
 * @param {number[]} good
 */
function pick(pictures, some, good) {
  const labels = Uint8Array.from(good, (i) => some[i].label);
  if (good.length === some.length) return {pictures, labels};
  const kept = new Uint8Array(good.length * PICTURE_BYTES);
  good.forEach((i, to) => kept.set(pictures.subarray(i * PICTURE_BYTES, (i + 1) * PICTURE_BYTES), to * PICTURE_BYTES));
  return {pictures: kept, labels};
}
