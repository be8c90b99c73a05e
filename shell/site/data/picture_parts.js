// Pictures in one folder for each class, from a folder or a zip file: their classes, splits and pixels.
import {PlaygroundError} from '../errors.js';
import {PICTURE_BYTES, SHEET, decodePictures} from './picture_decoder.js';

const PICTURE_NAME = /\.(png|jpe?g|gif|webp|bmp|avif)$/i;
const TEST_FOLDER = /^(test(ing)?|val(id(ation)?)?)$/i;
const HELD_OUT = 5;  // without a test folder, every fifth picture of a class is a test picture
const CLASSES = {min: 2, max: 100};

/**
 * @typedef {{path: string, bytes: number, read: () => Promise<Blob>}} PictureFile
 * @typedef {{split: 'train' | 'test', pictures: Uint8Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer>, skipped?: string[]}} PicturePart
 */

/** @param {string} path */
export const isPicture = (path) => PICTURE_NAME.test(path) && !/(^|\/)(\.|__MACOSX)/.test(path);

/**
 * Sorts pictures into classes and splits by their paths: [.../train or test]/class/picture.png.
 * @param {string} name of the whole, for errors
 * @param {PictureFile[]} files
 */
export function sortPictures(name, files) {
  /** @type {Map<string, {train: PictureFile[], test: PictureFile[]}>} */
  const classes = new Map();
  let hasTest = false;
  for (const file of files.filter(({path}) => isPicture(path))) {
    const folders = file.path.split('/').slice(0, -1);
    const className = folders.pop();
    if (className === undefined) throw badFolders(`"${file.path}" is not in a folder`);
    const ofTest = folders.some((folder) => TEST_FOLDER.test(folder));
    hasTest ||= ofTest;
    if (!classes.has(className)) classes.set(className, {train: [], test: []});
    classes.get(className)?.[ofTest ? 'test' : 'train'].push(file);
  }
  const names = [...classes.keys()].sort((a, b) => a.localeCompare(b, 'en', {numeric: true}));
  if (names.length < CLASSES.min || names.length > CLASSES.max) {
    throw badFolders(names.length === 0 ? 'there are no pictures' : `there are ${names.length} classes${names.length === 1 ? ` ("${names[0]}")` : ''}`);
  }
  /** @type {{split: 'train' | 'test', label: number, file: PictureFile}[]} */
  const list = [];
  names.forEach((className, label) => {
    const {train, test} = classes.get(className) ?? {train: [], test: []};
    train.forEach((file, i) => list.push({split: !hasTest && i % HELD_OUT === HELD_OUT - 1 ? 'test' : 'train', label, file}));
    test.forEach((file) => list.push({split: 'test', label, file}));
  });
  return {class_names: names, pictures: list};

  /** @param {string} what */
  function badFolders(what) {
    return new PlaygroundError('bad_data',
        `${name}: ${what}; expected one folder for each of ${CLASSES.min} to ${CLASSES.max} classes, with its pictures in it.`);
  }
}

/**
 * @param {ReturnType<typeof sortPictures>['pictures']} list
 * @param {(bytes: number) => void} onRead
 * @returns {AsyncGenerator<PicturePart>}
 */
export async function* pictureParts(list, onRead) {
  let decoded = 0;
  /** @type {string[]} */
  const allSkipped = [];
  for (const split of /** @type {const} */ (['test', 'train'])) {
    const ofSplit = list.filter((picture) => picture.split === split);
    for (let first = 0; first < ofSplit.length; first += SHEET) {
      const some = ofSplit.slice(first, first + SHEET);
      const blobs = await Promise.all(some.map(({file}) => file.read()));
      const paths = some.map(({file}) => file.path);
      const {pictures, broken} = await decodePictures(blobs, paths);
      some.forEach(({file}) => onRead(file.bytes));
      allSkipped.push(...broken);
      const good = some.map((_, i) => i).filter((i) => !broken.includes(paths[i]));
      if (good.length === 0) continue;
      decoded += good.length;
      yield {split, ...pick(pictures, some, good), skipped: broken};
    }
  }
  if (decoded === 0) throw new PlaygroundError('bad_data', `${allSkipped[0]}: the browser cannot decode this picture or any of the others.`);
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
