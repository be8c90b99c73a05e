// The class and the split of a picture, by the folders that contain it.
import {isSystemFile, normalPath, roleOf} from './paths.js';
import {someOf} from './load_report.js';

const HELD_OUT = 5;  // without test folders, every fifth picture of a class is a test picture
const BROWSERS = /\.(png|apng|jpe?g|jfif|jpe|pjpe?g|pjp|gif|webp|bmp|dib|avif|ico|tiff?|hei[cf]|jxl)$/i;  // some browsers decode these
const NO_BROWSER = /\.(psd|cr2|cr3|nef|arw|dng|orf|rw2|raf|jp2|j2k|tga|pcx|p[bgpn]m|exr|hdr|xcf|svg|dcm)$/i;

const UNNAMED = /(^|\/)[^/.]+$/;  // pictures that were saved without an extension

/** @param {string} path */
export const isPicture = (path) => BROWSERS.test(path) && !isSystemFile(path);

/**
 * A folder with pictures in it or below.
 * @typedef {object} Folder
 * @property {string} name
 * @property {string} path
 * @property {Folder | undefined} parent
 * @property {Map<string, Folder>} children
 * @property {any[]} direct
 * @property {import('./paths.js').Role} [role]
 * @property {boolean} [transparent] as "images" in cat/images/1.png: not informative
 */

/**
 * Sorts pictures into classes and splits: [.../train or test]/class/picture.png or class/[train or test]/picture.png.
 * @template {{path: string}} F
 * @param {F[]} files
 * @param {import('./load_report.js').ReportBuilder} report
 * @returns {{class_names: string[], pictures: {split: 'train' | 'test', label: number, file: F}[], held_out: boolean, problem?: string}} held_out: test pictures are not by folder
 */
export function sortByFolders(files, report) {
  const candidates = pictureFiles(files, report);
  const root = folderTree(candidates);
  const placed = place(root, report);
  const {names, of} = classNames(placed, report);
  /** @type {{split: 'train' | 'test', label: number, file: F}[]} */
  const pictures = [];
  const testFolders = new Set(placed.filter(({split}) => split?.role === 'test').map(({split}) => split?.name ?? ''));
  const anyTrain = placed.some(({split}) => split?.role !== 'test');
  const byFolder = testFolders.size > 0 && anyTrain;
  /** @type {number[][]} */
  const counts = names.map(() => [0, 0]);
  for (const {classFolder, split, file} of placed) {
    const label = of(classFolder);
    const number = counts[label][0] + counts[label][1];
    const test = byFolder ? split?.role === 'test' : number % HELD_OUT === HELD_OUT - 1;
    ++counts[label][test ? 1 : 0];
    pictures.push({split: test ? 'test' : 'train', label, file});
  }
  pictures.sort((a, b) => a.label - b.label);
  report.say({
    classes: `by folder (${someOf(names, 8)})`,
    split_by: byFolder ? `those in ${[...testFolders].map((name) => `"${name}"`).join(' and ')}` : pictures.some(({split}) => split === 'test') ? 'every fifth of a class, because no folder separates them'
        : 'none: no folder separates them, and every class has fewer than five pictures',
  });
  if (pictures.some(({split}) => split === 'test')) {
    const without = (/** @type {number} */ split) => names.filter((_, label) => counts[label][split] === 0);
    for (const [split, word] of /** @type {const} */ ([[0, 'training'], [1, 'test']])) {
      if (without(split).length) report.note(`Without ${word} pictures: ${someOf(without(split))}.`);
    }
  }
  const problem = names.length > 0 ? undefined : candidates.length > 0 ? `"${candidates[0].path}" is not in a folder of its class` : 'there are no pictures';
  return {class_names: names, pictures, held_out: !byFolder, problem};
}

/** @template {{path: string}} F @param {F[]} files @param {import('./load_report.js').ReportBuilder} report */
function pictureFiles(files, report) {
  const byName = files.some(({path}) => isPicture(normalPath(path)));
  return files.filter(({path: given}) => {
    const path = normalPath(given);
    if (isSystemFile(path)) report.leaveOut('hidden or system files', path);
    else if (NO_BROWSER.test(path)) report.leaveOut('pictures in a format that browsers do not decode', path);
    else if (!BROWSERS.test(path) && (byName || !UNNAMED.test(path))) report.leaveOut('files that are not pictures', path);
    else return true;
    return false;
  });
}

/** @param {{path: string}[]} files @returns {Folder} */
function folderTree(files) {
  /** @param {string} name @param {Folder} [parent] @returns {Folder} */
  const folder = (name, parent) => ({name, path: parent?.path ? `${parent.path}/${name}` : name, parent, children: new Map(), direct: []});
  const root = folder('');
  for (const file of files) {
    let at = root;
    for (const part of normalPath(file.path).split('/').slice(0, -1)) {
      const next = at.children.get(part) ?? folder(part, at);
      at.children.set(part, next);
      at = next;
    }
    at.direct.push(file);
  }
  assignRoles(root);
  return root;
}

/** @param {Folder} folder */
function assignRoles(folder) {
  const children = [...folder.children.values()];
  const words = children.map(({name}) => roleOf(name));
  children.forEach((child, i) => {
    const {role, rest, neutral} = words[i];
    // pets_train beside pets_test; "crash test" alone is a class.
    const counterpart = words.some((other) => other.role && other.role !== role && other.rest === rest);
    // The vehicle, among other classes.
    const vehicle = role === 'train' && rest === '' && child.children.size === 0 && children.some((other, k) => !words[k].role && other.direct.length > 0);
    if (role && (neutral || counterpart) && !vehicle) child.role = role;
    child.transparent = !child.role && neutral && children.length === 1 && folder.direct.length === 0;
    assignRoles(child);
  });
}

/** @param {Folder} folder @returns {Iterable<Folder>} */
function* everyFolder(folder) {
  yield folder;
  for (const child of folder.children.values()) yield* everyFolder(child);
}

/** The nearest enclosing folder (including this one, excluding the root) that is not skipped. @param {Folder | undefined} folder @param {(one: Folder) => unknown} passed */
function upTo(folder, passed) {
  while (folder?.parent && passed(folder)) folder = folder.parent;
  return folder?.parent && folder;
}

/**
 * The pictures that have a class, with its folder and that of their split.
 * @param {Folder} root
 * @param {import('./load_report.js').ReportBuilder} report
 */
function place(root, report) {
  const folders = [...everyFolder(root)].filter(({direct}) => direct.length > 0);
  const splitFolder = (/** @type {Folder} */ folder) => upTo(folder, ({role}) => !role);
  const below = (/** @type {Folder} */ folder) => upTo(folder, ({transparent}) => transparent);
  const above = (/** @type {Folder} */ folder) => upTo(folder, ({transparent, role}) => transparent || role);
  const labeled = folders.filter((folder) => splitFolder(folder)?.role !== 'unlabeled');
  const inClasses = labeled.filter((folder) => below(folder) && !below(folder)?.role);
  const inSplits = labeled.filter((folder) => below(folder)?.role);
  // class/train/picture: the class is the upper folder, if there are several such folders and none inside a split.
  const classesAbove = new Set(inSplits.map((folder) => above(folder)?.name).filter(Boolean)).size >= 2 &&
      !inClasses.some((folder) => splitFolder(folder) && classesIn(splitFolder(folder)) >= 2);

  /** Distinct classes below a folder. @param {Folder | undefined} folder */
  function classesIn(folder) {
    return new Set(inClasses.filter((one) => one !== folder && isBelow(one, folder)).map((one) => below(one)?.name)).size;
  }

  /** @type {Map<Folder, Folder>} */
  const classOf = new Map();
  for (const folder of inClasses) {
    const own = /** @type {Folder} */ (below(folder));
    if (classesIn(own) >= 2) {
      folder.direct.forEach(({path}) => report.leaveOut('pictures beside the class folders', path));
      continue;
    }
    // cat/persian/1.png beside cat/2.png is a cat.
    const around = inClasses.find((one) => one !== folder && isBelow(folder, below(one)) && below(one) !== own && classesIn(below(one)) < 2);
    classOf.set(folder, (around && below(around)) ?? own);
  }
  for (const folder of inSplits) {
    const own = classesAbove && above(folder);
    if (own) classOf.set(folder, own);
    else folder.direct.forEach(({path}) => report.leaveOut(`pictures without a class, directly in "${below(folder)?.name}"`, path));
  }
  for (const folder of folders) {
    if (splitFolder(folder)?.role === 'unlabeled') folder.direct.forEach(({path}) => report.leaveOut(`pictures without a class, in "${splitFolder(folder)?.name}"`, path));
    else if (!below(folder)) folder.direct.forEach(({path}) => report.leaveOut('pictures in no folder', path));
  }
  // cat/2024/1.png, dog/2024/1.png: the folders that differ are the classes.
  for (;;) {
    const names = new Set([...classOf.values()].map(({name}) => name));
    const lifted = new Map([...classOf].map(([folder, own]) => [folder, own.parent && above(own.parent)]));
    if (names.size !== 1 || [...lifted.values()].some((own) => !own) || new Set([...lifted.values()].map((own) => own?.path)).size < 2) break;
    for (const [folder, own] of lifted) if (own) classOf.set(folder, own);
  }
  return [...classOf].flatMap(([folder, classFolder]) => folder.direct.map((file) => ({classFolder, split: splitFolder(folder), file})));
}

/** @param {Folder} folder @param {Folder | undefined} other */
const isBelow = (folder, other) => other !== undefined && folder !== other && folder.path.startsWith(`${other.path}/`);

/**
 * @param {{classFolder: Folder}[]} placed
 * @param {import('./load_report.js').ReportBuilder} report
 */
function classNames(placed, report) {
  /** @type {Map<string, Set<Folder>>} */
  const folders = new Map();
  const key = (/** @type {string} */ name) => name.trim().toLowerCase();
  for (const folder of new Set(placed.map(({classFolder}) => classFolder))) {
    folders.set(key(folder.name), (folders.get(key(folder.name)) ?? new Set()).add(folder));
  }
  const list = [...folders].map(([id, some]) => ({id, name: [...some][0].name.trim(), some: [...some]}))
      .sort((a, b) => a.name.localeCompare(b.name, 'en', {numeric: true}));
  for (const {name, some} of list) {
    const spellings = [...new Set(some.map((one) => one.name))];
    if (spellings.length > 1) report.note(`${spellings.map((one) => `"${one}"`).join(' and ')} are read as one class.`);
    const ofSplits = new Set(some.map((one) => upTo(one.parent, ({role}) => !role)?.path ?? ''));
    if (some.length > ofSplits.size) report.note(`The class "${name}" comes from ${some.length} folders: ${someOf(some.map((one) => one.path), 3)}.`);
  }
  const labels = new Map(list.map(({id}, label) => [id, label]));
  return {names: list.map(({name}) => name), of: (/** @type {Folder} */ folder) => labels.get(key(folder.name)) ?? 0};
}
