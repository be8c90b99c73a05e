// Data sets in Hugging Face's form: parquet files with a struct column of encoded pictures and a column of labels.
import {PlaygroundError} from '../errors.js';
import {SHEET, decodePictures} from './picture_decoder.js';
import {parquetMetadataAsync, parquetReadObjects} from './hyparquet.js';

const PICTURE_COLUMNS = ['img', 'image'];
const LABEL_COLUMNS = ['label', 'fine_label', 'labels', 'coarse_label'];
const ROWS_AT_ONCE = 4 * SHEET;

/**
 * @typedef {{byteLength: number, slice: (start: number, end?: number) => Promise<ArrayBuffer>}} RandomAccess
 * @typedef {import('./picture_parts.js').PicturePart} PicturePart
 */

/**
 * @param {string} name
 * @param {RandomAccess} file
 */
export async function openParquet(name, file) {
  const metadata = await parquetMetadataAsync(file).catch((/** @type {any} */ error) => {
    if (error instanceof PlaygroundError) throw error;
    throw new PlaygroundError('bad_data', `${name}: ${error.message}; expected a parquet file of pictures and labels.`);
  });
  const columns = metadata.schema.map((/** @type {{name: string}} */ element) => element.name);
  const picture = PICTURE_COLUMNS.find((column) => columns.includes(column));
  const label = LABEL_COLUMNS.find((column) => columns.includes(column));
  if (!picture || !label || !columns.includes('bytes')) {
    throw new PlaygroundError('bad_data',
        `${name}: its columns are ${columns.slice(1).join(', ')}; expected img or image (with bytes) and label.`);
  }
  return {rows: Number(metadata.num_rows), class_names: classNames(metadata, label), parts};

  /** @param {'train' | 'test'} split @returns {AsyncGenerator<PicturePart>} */
  async function* parts(split) {
    const read = (/** @type {number} */ rowStart) => parquetReadObjects({
      file, metadata, columns: [picture, label], utf8: false, rowStart, rowEnd: Math.min(rowStart + ROWS_AT_ONCE, Number(metadata.num_rows)),
    }).catch((/** @type {any} */ error) => {
      if (error instanceof PlaygroundError) throw error;
      throw new PlaygroundError('bad_data', `${name}: damaged in or after row ${rowStart} (${error.message}).`);
    });
    const rows = Number(metadata.num_rows);
    let next = rows > 0 ? read(0) : undefined;
    for (let rowStart = 0; rowStart < rows; rowStart += ROWS_AT_ONCE) {
      const here = await next;
      next = rowStart + ROWS_AT_ONCE < rows ? read(rowStart + ROWS_AT_ONCE) : undefined;
      next?.catch(() => {});  // reported when it is awaited; the reader may stop before that
      for (let first = 0; first < here.length; first += SHEET) {
        yield decodeRows(here.slice(first, first + SHEET), rowStart + first, split);
      }
    }
  }

  /** @param {any[]} rows @param {number} first @param {'train' | 'test'} split @returns {Promise<PicturePart>} */
  async function decodeRows(rows, first, split) {
    const names = rows.map((_, i) => `${name}: row ${first + i}`);
    const blobs = rows.map((row, i) => {
      const bytes = row[/** @type {string} */ (picture)]?.bytes;
      if (!(bytes instanceof Uint8Array)) throw new PlaygroundError('bad_data', `${names[i]} has no picture bytes in column ${picture}.`);
      return new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]);
    });
    const {pictures, broken} = await decodePictures(blobs, names);
    if (broken.length) throw new PlaygroundError('bad_data', `${broken[0]}: the browser cannot decode the picture in column ${picture}.`);
    const labels = Uint8Array.from(rows, (row, i) => {
      const value = Number(row[/** @type {string} */ (label)]);
      if (!(Number.isInteger(value) && value >= 0 && value < 256)) {
        throw new PlaygroundError('bad_data', `${names[i]}: ${label} is ${value}; expected a class number.`);
      }
      return value;
    });
    return {split, pictures, labels};
  }
}

/** The names Hugging Face writes into the file; undefined: CIFAR-10's names. @param {any} metadata @param {string} label */
function classNames(metadata, label) {
  const text = metadata.key_value_metadata?.find((/** @type {{key: string}} */ {key}) => key === 'huggingface')?.value;
  try {
    const names = JSON.parse(text).info.features[label].names;
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined;
  }
}
