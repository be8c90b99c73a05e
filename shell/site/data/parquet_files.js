// Data sets in parquet files: the classes of all files together, then the pictures of each.
import {PlaygroundError} from '../errors.js';
import {someOf} from './load_report.js';
import {openParquet} from './parquet_pictures.js';
import {splitOf} from './paths.js';

const MOST_CLASSES = 100;
const UNLABELED = '-1';  // as Hugging Face writes it

/**
 * @typedef {import('./parquet_pictures.js').RandomAccess} RandomAccess
 * @param {{name: string, split?: 'train' | 'test', file: RandomAccess}[]} files
 * @param {{cifar10?: boolean, coarse?: boolean, remote?: boolean}} options `cifar10`: files without class names have those of CIFAR-10.
 *   `coarse`: the column of groups of classes, if there is one. `remote`: what need not be read before the pictures is not
 * @param {import('./load_report.js').ReportBuilder} report
 */
export async function openParquets(files, {cifar10, coarse = false, remote}, report) {
  const opened = await Promise.all(files.map(async ({name, split, file}) =>
    ({name, bytes: file.byteLength, split: split ?? splitOf(name) ?? 'train', ...await openParquet(name, file, coarse)})));
  const named = opened.filter(({class_names}) => class_names);
  if (new Set(named.map(({class_names}) => JSON.stringify(class_names))).size > 1) {
    throw new PlaygroundError('bad_data', `${files.map(({name}) => name).join(' and ')} name different classes.`);
  }
  const known = named[0]?.class_names;
  const {class_names, labelOf, said} = cifar10 && !known ? {class_names: undefined, labelOf: known10, said: 'CIFAR-10\'s ten'}
      : known && remote ? {class_names: known, labelOf: numberBelow(known, opened[0].columns.label, 0), said: namedBy(known)}
      : await classesOf(opened, known, report);
  const columns = [...new Set(opened.map(({columns}) => `"${columns.picture}" and "${columns.label}"`))].join(', ');
  report.say({
    classes: `${said}; columns ${columns}`,
    split_by: opened.some(({split}) => split === 'test') ? `${someOf(opened.filter(({split}) => split === 'test').map(({name}) => name), 3)}, by name`
        : 'none, as no file has "test" or "validation" in its name',
  });
  async function* parts() {
    let pictures = 0;
    // Test pictures first, so that training can start, with validation, while the rest arrives.
    for (const {split, parts} of [...opened].sort((a, b) => (a.split < b.split ? -1 : Number(a.split > b.split)))) {
      for await (const part of parts(labelOf, report)) {
        pictures += part.labels.length;
        if (part.labels.length > 0) yield {split, ...part};
      }
    }
    if (pictures === 0) {
      const [out] = report.describe().left_out.filter(({names}) => names.length > 0);
      throw new PlaygroundError('bad_data', out ? `${out.names[0]}: no picture could be read: ${out.why} (${out.count}). ${nextStep(out.why)}` : `${files[0].name}: it has no rows. Choose a file with pictures and labels.`);
    }
  }
  return {class_names, total: opened.reduce((sum, {bytes}) => sum + bytes, 0), parts: parts()};
}

/** @param {string} why as openParquet reports it */
const nextStep = (why) => (/path/.test(why) ? 'Choose the folder with those pictures instead, one folder for each class.'
  : /label/.test(why) ? 'Choose a file with labels, such as that of the training pictures.'
  : 'Save the pictures as PNG or JPEG in that column.');

/** @param {string[]} known */
const namedBy = (known) => `as the file names them (${someOf(known)})`;

/** @param {string[]} known @param {string} column @param {number} first the number of the first class */
const numberBelow = (known, column, first) => (/** @type {string} */ value, /** @type {string} */ row) => {
  if (value === UNLABELED) return undefined;
  const label = Number(value) - first;
  if (Number.isInteger(label) && label >= 0 && label < known.length) return label;
  throw new PlaygroundError('bad_data', `${row}: ${column} is ${value}; the file names ${known.length} classes, 0 to ${known.length - 1}.`);
};

/** @param {string} value @param {string} row */
function known10(value, row) {
  const label = Number(value);
  if (Number.isInteger(label) && label >= 0 && label < 10) return label;
  throw new PlaygroundError('bad_data', `${row}: its label is ${value}; CIFAR-10's are 0 to 9.`);
}

/**
 * The classes: those the files name, or else the different values of the labels.
 * @param {{name: string, rows: number, columns: {label: string}, labels: () => Promise<(string | undefined)[]>}[]} files
 * @param {string[] | undefined} known
 * @param {import('./load_report.js').ReportBuilder} report
 */
async function classesOf(files, known, report) {
  /** @type {Map<string, string>} each value, and the row where it is first */
  const values = new Map();
  for (const {name, labels} of files) {
    (await labels()).forEach((value, row) => value !== undefined && !values.has(value) && values.set(value, `${name}: row ${row}`));
  }
  if (files.every(({rows}) => rows === 0)) throw new PlaygroundError('bad_data', `${files[0].name}: it has no rows. Choose a file with pictures and labels.`);
  if ([...values.keys()].every((value) => value === UNLABELED)) throw new PlaygroundError('bad_data', `${files[0].name}: no row has a label in column ${files[0].columns.label}. ${nextStep('label')}`);
  const numbers = [...values.keys()].every((value) => /^-?\d+$/.test(value));
  if (values.has(UNLABELED) && numbers && values.size > 2) values.delete(UNLABELED);
  const {label} = files[0].columns;
  if (known && numbers) {
    const list = [...values.keys()].map(Number);
    const low = Math.min(...list);
    const high = Math.max(...list);
    const first = low > 0 && high === known.length ? 1 : 0;
    if (first === 1) report.note(`The labels are 1 to ${high}: 1 is read as "${known[0]}".`);
    const labelOf = numberBelow(known, label, first);
    for (const [value, row] of values) labelOf(value, row);
    return {class_names: known, labelOf, said: namedBy(known)};
  }
  const names = [...values.keys()].sort((a, b) => (numbers ? Number(a) - Number(b) : a.localeCompare(b, 'en', {numeric: true})));
  if (names.length < 2 || names.length > MOST_CLASSES) {
    throw new PlaygroundError('bad_data', `${files[0].name}: column ${label} has ${names.length} different ${names.length === 1 ? 'value' : 'values'} (${someOf(names, 3)}); expected 2 to ${MOST_CLASSES} classes.`);
  }
  const places = new Map(names.map((name, i) => [name, i]));
  return {class_names: names, labelOf: (/** @type {string} */ value) => places.get(value), said: `the values of column "${label}" (${someOf(names)}), as the file names none`};
}
