// Files of bytes, from the network or the disk, and how they become messages to the trainer.
import {pieces} from './download.js';

const CHUNK = 1 << 20;  // bytes in one message; network pieces of 64 kB would cost a message each
const RECORD_BYTES = 3073;  // of the official batches
// Test pictures come second, so that training and validation can start after two files.
export const BATCHES = ['data_batch_1.bin', 'test_batch.bin', 'data_batch_2.bin', 'data_batch_3.bin', 'data_batch_4.bin', 'data_batch_5.bin'];

/**
 * @typedef {import('./data_loader.js').Source} Source
 * @typedef {{signal: AbortSignal, onTotal: (bytes: number) => void}} ReadOptions
 * @typedef {{name: string, bytes?: number, read: (options: ReadOptions) => AsyncIterable<Uint8Array<ArrayBuffer>>}} ByteFile
 */

/** Of all files together; undefined if one is not known. @param {ByteFile[]} files */
export const bytesOf = (files) => files.reduce((/** @type {number | undefined} */ sum, {bytes}) => (sum === undefined || bytes === undefined ? undefined : sum + bytes), 0);

/**
 * As many bytes of official batches as have `limit` training and test pictures. Other files are read until the trainer has enough pictures.
 * @param {ByteFile[]} files @param {number} [limit] @returns {ByteFile[]}
 */
export function firstOf(files, limit) {
  if (limit === undefined || files.some(({name, bytes}) => BATCHES.includes(name) && bytes === undefined)) return files;
  const left = {train: limit * RECORD_BYTES, test: limit * RECORD_BYTES};
  return files.flatMap((file) => {
    if (!BATCHES.includes(file.name)) return [file];
    const split = file.name.startsWith('test') ? 'test' : 'train';
    const most = Math.min(file.bytes ?? 0, left[split]);
    left[split] -= most;
    return most === 0 && file.bytes !== 0 ? [] : [{...file, bytes: most, read: (/** @type {ReadOptions} */ options) => beginning(file, most, options)}];
  });
}

/** @param {ByteFile} file @param {number} most bytes @param {ReadOptions} options */
async function* beginning(file, most, {signal, onTotal}) {
  for await (const piece of file.read({signal, onTotal: (bytes) => onTotal(Math.min(bytes, most))})) {
    yield piece.subarray(0, most);
    most -= Math.min(most, piece.length);
    if (most === 0) return;  // ends the download
  }
}

/** @param {string} name @param {Blob} file @returns {ByteFile} */
export const local = (name, file) => ({name, bytes: file.size, read: ({signal}) => pieces(/** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (file.stream()), signal)});

/**
 * @param {Source['about']} about
 * @param {ByteFile[]} files
 * @param {import('./load_report.js').ReportBuilder} [report]
 * @returns {Source}
 */
export function fileSource(about, files, report) {
  return {
    about,
    report: () => report?.describe(),
    async *parts(progress, signal) {
      const sizes = new Map(files.map((file) => [file, file.bytes]));
      const announce = () => {
        let total = 0;
        for (const bytes of sizes.values()) total += bytes ?? NaN;  // if one is unknown, the total is unknown
        progress.set({total: Number.isNaN(total) ? undefined : total});
      };
      announce();
      for (const file of files) {
        progress.set({file: file.name});
        const onTotal = (/** @type {number} */ bytes) => {
          sizes.set(file, bytes);
          announce();
        };
        // Counted as they arrive: a whole chunk takes long over a slow connection.
        for await (const bytes of gathered(counted(file.read({signal, onTotal}), progress.add), CHUNK)) {
          yield {type: 'load_chunk', args: {file: file.name, bytes: sizes.get(file)}, payloads: [bytes]};
        }
        yield {type: 'load_chunk', args: {file: file.name, end: true}, payloads: []};
      }
    },
  };
}

/** @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces @param {(bytes: number) => void} onBytes */
async function* counted(pieces, onBytes) {
  for await (const piece of pieces) {
    onBytes(piece.length);
    yield piece;
  }
}

/**
 * Small pieces joined to buffers of `size` bytes; the last may be shorter.
 * @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces
 * @param {number} size
 * @returns {AsyncGenerator<ArrayBuffer>}
 */
async function* gathered(pieces, size) {
  let buffer = new Uint8Array(size);
  let filled = 0;
  for await (let piece of pieces) {
    while (piece.length > 0) {
      const part = piece.subarray(0, size - filled);
      buffer.set(part, filled);
      filled += part.length;
      piece = piece.subarray(part.length);
      if (filled < size) continue;
      yield buffer.buffer;
      buffer = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.buffer.slice(0, filled);
}
