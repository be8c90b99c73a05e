// One parquet file: which columns hold pictures and labels, and their rows. Hugging Face writes a struct with the bytes of each picture;
// others write the bytes alone.
import {PlaygroundError} from '../errors.js';
import {BEGIN_BYTES, aboutBegin} from './other_files.js';
import {PICTURE_BYTES, SHEET, decodePictures} from './picture_decoder.js';
import {parquetMetadataAsync, parquetReadObjects} from './hyparquet.js';

const PICTURE_COLUMNS = ['img', 'image', 'images', 'picture', 'photo', 'pixels', 'image_bytes', 'jpg', 'jpeg', 'png'];
const LABEL_COLUMNS = ['label', 'fine_label', 'labels', 'class', 'target', 'category', 'coarse_label', 'class_label', 'cls', 'y'];
const MOST_ROWS = 4 * SHEET;
const BYTES_AT_ONCE = 64e6;
const BUILT_IN = ['UNCOMPRESSED', 'SNAPPY'];
const FETCHED = ['GZIP', 'BROTLI', 'ZSTD', 'LZ4', 'LZ4_RAW'];

/**
 * @typedef {{byteLength: number, slice: (start: number, end?: number) => Promise<ArrayBuffer>}} RandomAccess
 * @typedef {{pictures: Uint8Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer>, skipped?: string[]}} Rows
 */

/**
 * @param {string} name
 * @param {RandomAccess} file
 * @param {boolean} [coarse] the column of groups of classes, if there is one
 */
export async function openParquet(name, file, coarse = false) {
  if (file.byteLength === 0) throw new PlaygroundError('bad_data', `${name}: the file is empty: copy or download it again.`);
  const metadata = await parquetMetadataAsync(file).catch(async (/** @type {any} */ error) => {
    if (error instanceof PlaygroundError) throw error;
    const about = aboutBegin(new Uint8Array(await file.slice(0, Math.min(BEGIN_BYTES, file.byteLength))));
    throw new PlaygroundError('bad_data', about ? `${name}: this is not a parquet file; it ${about}`
        : `${name}: this is not a parquet file, or it is incomplete (${error.message}); copy or download it again. Expected a parquet file of pictures and labels.`);
  });
  const columns = chooseColumns(name, metadata, coarse);
  const compressors = await compressorsFor(name, metadata, columns);
  const rows = Number(metadata.num_rows);
  const bytes = metadata.row_groups.flatMap((/** @type {any} */ group) => group.columns)
      .filter((/** @type {any} */ {meta_data}) => meta_data?.path_in_schema[0] === columns.picture)
      .reduce((/** @type {number} */ sum, /** @type {any} */ {meta_data}) => sum + Number(meta_data.total_uncompressed_size), 0);
  const rowsAtOnce = Math.max(16, Math.min(MOST_ROWS, Math.floor(BYTES_AT_ONCE * rows / Math.max(1, bytes))));

  /** @param {string[]} wanted @param {number} rowStart @param {number} rowEnd @returns {Promise<any[]>} */
  const read = (wanted, rowStart, rowEnd) => parquetReadObjects({file, metadata, columns: wanted, compressors, utf8: false, rowStart, rowEnd})
      .catch((/** @type {any} */ error) => {
        if (error instanceof PlaygroundError) throw error;
        throw new PlaygroundError('bad_data', `${name}: damaged in or after row ${rowStart} (${error.message}).`);
      });
  return {rows, columns, class_names: classNames(metadata, columns.label), labels, parts};

  /** The label of each row as text; undefined: none. @returns {Promise<(string | undefined)[]>} */
  async function labels() {
    return rows === 0 ? [] : (await read([columns.label], 0, rows)).map((row, i) => labelText(row[columns.label], `${name}: row ${i}`));
  }

  /** @param {any} value @param {string} row */
  function labelText(value, row) {
    if (value === null || value === undefined || value === '') return undefined;
    if (typeof value === 'number' && !Number.isInteger(value)) {
      throw new PlaygroundError('bad_data', `${row}: ${columns.label} is ${value}; expected a class number or name, not a measured value.`);
    }
    if (['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return String(value);
    if (value instanceof Uint8Array) return new TextDecoder().decode(value);
    throw new PlaygroundError('bad_data', `${row}: ${columns.label} holds ${Array.isArray(value) ? 'a list' : 'several values'}; expected one class number or name for each picture.`);
  }

  /**
   * @param {(value: string, row: string) => number | undefined} labelOf
   * @param {import('./load_report.js').ReportBuilder} report
   * @returns {AsyncGenerator<Rows>}
   */
  async function* parts(labelOf, report) {
    const readFrom = (/** @type {number} */ first) => read([columns.picture, columns.label], first, Math.min(first + rowsAtOnce, rows));
    let next = rows > 0 ? readFrom(0) : undefined;
    for (let rowStart = 0; rowStart < rows; rowStart += rowsAtOnce) {
      const here = await next ?? [];
      next = rowStart + rowsAtOnce < rows ? readFrom(rowStart + rowsAtOnce) : undefined;
      next?.catch(() => {});  // reported when it is awaited; the reader may stop before that
      for (let first = 0; first < here.length; first += SHEET) {
        yield await decodeRows(here.slice(first, first + SHEET), rowStart + first, labelOf, report);
      }
    }
  }

  /**
   * @param {any[]} rows @param {number} first
   * @param {(value: string, row: string) => number | undefined} labelOf
   * @param {import('./load_report.js').ReportBuilder} report
   * @returns {Promise<Rows>}
   */
  async function decodeRows(rows, first, labelOf, report) {
    /** @type {{row: string, blob: Blob, label: number}[]} */
    const good = [];
    /** @type {string[]} */
    const skipped = [];
    const skip = (/** @type {string} */ row, /** @type {string} */ why) => {
      report.leaveOut(why, row);
      skipped.push(row);
    };
    rows.forEach((values, i) => {
      const row = `${name}: row ${first + i}`;
      const cell = values[columns.picture];
      const bytes = columns.plain ? cell : cell?.bytes;
      const value = labelText(values[columns.label], row);
      const label = value === undefined ? undefined : labelOf(value, row);
      if (label === undefined) return skip(row, 'rows without a label');
      if (!(bytes instanceof Uint8Array) || bytes.length === 0) return skip(row, cell?.path ? 'rows with the path of a picture instead of its bytes' : 'rows without a picture');
      good.push({row, blob: new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]), label});
    });
    const {pictures, broken, transparent} = await decodePictures(good.map(({blob}) => blob));
    for (const [i, why] of broken) skip(good[i].row, `rows that are unreadable in column ${columns.picture} (${why})`);
    if (transparent > 0) report.note('Transparent areas of some pictures are shown as white.');
    const kept = good.map((_, i) => i).filter((i) => !broken.has(i));
    const labels = Uint8Array.from(kept, (i) => good[i].label);
    if (kept.length === good.length) return {pictures, labels, skipped};
    const some = new Uint8Array(kept.length * PICTURE_BYTES);
    kept.forEach((i, to) => some.set(pictures.subarray(i * PICTURE_BYTES, (i + 1) * PICTURE_BYTES), to * PICTURE_BYTES));
    return {pictures: some, labels, skipped};
  }
}

/** @typedef {{name: string, type?: string, text: boolean, children: string[]}} Column */

/** The columns of the top level. @param {any} metadata @returns {Column[]} */
function columnsOf(metadata) {
  /** @type {Column[]} */
  const columns = [];
  const schema = metadata.schema;
  const skip = (/** @type {number} */ at) => {
    let next = at + 1;
    for (let i = 0; i < (schema[at]?.num_children ?? 0) && next < schema.length; ++i) next = skip(next);
    return next;
  };
  for (let at = 1; at < schema.length; at = skip(at)) {
    const {name, type, converted_type, logical_type, num_children = 0} = schema[at];
    const children = schema.slice(at + 1, skip(at)).map((/** @type {any} */ child) => child.name);
    columns.push({name, type: num_children ? undefined : type, text: converted_type === 'UTF8' || ['STRING', 'ENUM', 'JSON'].includes(logical_type?.type), children});
  }
  return columns;
}

/** @param {string} name @param {any} metadata @param {boolean} coarse */
function chooseColumns(name, metadata, coarse) {
  const columns = columnsOf(metadata);
  const isBytes = (/** @type {Column} */ {type, text}) => (type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY') && !text;
  const candidates = columns.filter((column) => column.children.includes('bytes') || isBytes(column));
  const picture = PICTURE_COLUMNS.map((wanted) => candidates.find((column) => column.name.toLowerCase() === wanted)).find(Boolean) ??
      (candidates.length === 1 ? candidates[0] : undefined);
  const others = columns.filter((column) => column !== picture && column.type && !isBytes(column));
  const label = [...coarse ? ['coarse_label'] : [], ...LABEL_COLUMNS].map((wanted) => columns.find((column) => column !== picture && column.name.toLowerCase() === wanted)).find(Boolean) ??
      others.find((column) => classNames(metadata, column.name)) ?? (others.length === 1 ? others[0] : undefined);
  if (picture && label) return {picture: picture.name, label: label.name, plain: picture.children.length === 0};
  const all = columns.map((column) => (column.children.length ? `${column.name} (${column.children.join(', ')})` : column.name)).join(', ');
  throw new PlaygroundError('bad_data', `${name}: its columns are ${all}; expected img or image, with the bytes of a PNG or JPEG file in each row, and label.`);
}

/** @param {string} name @param {any} metadata @param {{picture: string, label: string}} columns */
async function compressorsFor(name, metadata, {picture, label}) {
  const codecs = new Set(metadata.row_groups.flatMap((/** @type {any} */ group) => group.columns)
      .filter((/** @type {any} */ {meta_data}) => [picture, label].includes(meta_data?.path_in_schema[0])).map((/** @type {any} */ {meta_data}) => String(meta_data.codec)));
  const unknown = [...codecs].find((codec) => ![...BUILT_IN, ...FETCHED].includes(codec));
  if (unknown) throw new PlaygroundError('bad_data', `${name}: it is compressed with ${unknown}; expected one of ${[...BUILT_IN, ...FETCHED].join(', ')}.`);
  if ([...codecs].every((codec) => BUILT_IN.includes(codec))) return undefined;
  return (await import('./hyparquet_compressors.js')).compressors;
}

/** The names Hugging Face writes into the file. @param {any} metadata @param {string} label @returns {string[] | undefined} */
function classNames(metadata, label) {
  const text = metadata.key_value_metadata?.find((/** @type {{key: string}} */ {key}) => key === 'huggingface')?.value;
  try {
    const names = JSON.parse(text).info.features[label].names;
    return Array.isArray(names) && names.length >= 2 && names.length <= 100 && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined;
  }
}
