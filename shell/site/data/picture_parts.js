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
  const lists = splitLists(list, classNames.length);
  let transparent = 0;
  /** @type {string[]} not reported yet */
  let skipped = [];
  for (const split of /** @type {const} */ (['test', 'train'])) {
    for (const some of portions(lists[split])) {
      /** @type {(SortedPicture & {blob: Blob, key?: string})[]} */
      const read = [];
      /** @type {(SortedPicture & {key: string})[]} */
      const again = [];
      const skip = (/** @type {SortedPicture} */ picture, /** @type {string} */ why) => {
        report.leaveOut(why, picture.file.path);
        skipped.push(picture.file.path);
        if (heldOut && split === 'test') lists.replace(picture.label);
      };
      await Promise.all(some.map(async (picture) => {
        const blob = await picture.file.read().catch(() => undefined);
        return {picture, blob, key: blob && await copies.keyOf(blob)};
      })).then((fetched) => fetched.forEach(({picture, blob, key}) => {
        const {bytes, problem} = picture.file;
        onRead(bytes);
        if (!blob) skip(picture, `unreadable (${problem ?? 'damaged or no longer there'})`);
        else if (key && copies.isCopy(picture, key)) again.push({...picture, key});
        else read.push({...picture, blob, key});
      }));
      const decoded = await decodePictures(read.map(({blob}) => blob));
      for (const [i, why] of decoded.broken) {
        skip(read[i], `unreadable (${why})`);
        copies.broken(read[i].key, why);
      }
      for (const picture of again) {
        const why = copies.whyBroken(picture.key);
        skip(picture, why ? `unreadable (${why})` : 'copies of other pictures of their class');
      }
      transparent += decoded.transparent;
      const good = read.map((_, i) => i).filter((i) => !decoded.broken.has(i));
      good.forEach((i) => ++counts[read[i].label]);
      if (good.length === 0) continue;
      yield {split, ...pick(decoded.pictures, read, good), skipped};
      skipped = [];
    }
  }
  const empty = classNames.filter((_, label) => counts[label] === 0);
  if (empty.length === classNames.length) {
    const [{why, names}] = report.describe().left_out.filter(({why}) => /^unreadable/.test(why));
    throw new PlaygroundError('bad_data', `${name}: no picture can be read. "${names[0]}": ${why.replace(/^unreadable \((.*)\)$/, '$1')}.`);
  }
  if (empty.length > 0) report.note(`No picture of ${someOf(empty.map((name) => `"${name}"`))} could be read: the class is empty.`);
  if (transparent > 0) report.note(`Transparent areas of ${transparent} ${transparent === 1 ? 'picture' : 'pictures'} are shown as white.`);
  copies.tell();
}

/**
 * The pictures of each split.
 * @param {SortedPicture[]} list @param {number} classes
 */
function splitLists(list, classes) {
  const test = list.filter(({split}) => split === 'test');
  let train = list.filter(({split}) => split === 'train');
  /** @type {SortedPicture[][]} */
  const spare = Array.from({length: classes}, () => []);
  for (const picture of train) spare[picture.label].push(picture);
  const next = spare.map(() => 0);
  /** @type {Set<SortedPicture>} */
  const moved = new Set();
  return {
    test,
    get train() { return train = train.filter((picture) => !moved.has(picture)); },
    /** A test picture cannot be used: the next training picture of its class becomes one. @param {number} label */
    replace(label) {
      const picture = spare[label][next[label]++];
      if (!picture) return;
      moved.add(picture);
      test.push({...picture, split: 'test'});
    },
  };
}

/** @param {SortedPicture[]} list it may grow meanwhile */
function* portions(list) {
  for (let at = 0; at < list.length;) {
    const from = at;
    let bytes = 0;
    do bytes += list[at++].file.bytes;
    while (at < list.length && at - from < SHEET && bytes + list[at].file.bytes <= BYTES_AT_ONCE);
    yield list.slice(from, at);
  }
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
  /** @type {Map<string, string>} */
  const unreadable = new Map();
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
    /** @param {string | undefined} key @param {string} why */
    broken: (key, why) => void (key && unreadable.set(key, why)),
    /** Why the first one with these bytes cannot be read. @param {string} key */
    whyBroken: (key) => unreadable.get(key),
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
