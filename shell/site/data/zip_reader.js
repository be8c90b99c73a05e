// Reads a zip file by its central directory, one entry at a time. A parser of untrusted input: sizes are checked before use, and
// every entry yields exactly the bytes that its directory entry states, by number and checksum.
import {crc32} from './crc32.js';
import {PlaygroundError} from '../errors.js';

const END_SIGNATURE = 0x06054b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 65535;
const STORED = 0;
const DEFLATED = 8;
const LARGEST_ENTRY = 64 << 20;
const ENCRYPTED = 1;

/** @typedef {{path: string, bytes: number, read: () => Promise<Blob>}} Entry */

/**
 * @param {Blob} file
 * @param {string} name
 * @returns {Promise<Entry[]>} files, not folders
 */
export async function readZip(file, name) {
  /** @param {string} what */
  const bad = (what) => new PlaygroundError('bad_data', `${name}: ${what}`);
  const tailAt = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT);
  const tail = await view(file, tailAt, file.size);
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== END_SIGNATURE) --end;
  if (end < 0) throw bad('this is not a zip file, or its end is missing.');
  const count = tail.getUint16(end + 10, true);
  const directoryBytes = tail.getUint32(end + 12, true);
  const directoryAt = tail.getUint32(end + 16, true);
  if (count === 0xffff || directoryAt === 0xffffffff) throw bad('zip files over 4 GB or with more than 65,534 entries are not supported.');
  if (directoryAt + directoryBytes > file.size) throw bad('its directory reaches beyond the end of the file.');
  const directory = await view(file, directoryAt, directoryAt + directoryBytes);
  /** @type {Entry[]} */
  const entries = [];
  for (let i = 0, at = 0; i < count; ++i) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== DIRECTORY_SIGNATURE) {
      throw bad(`its directory is damaged at entry ${i} (byte ${directoryAt + at}).`);
    }
    const flags = directory.getUint16(at + 8, true);
    const method = directory.getUint16(at + 10, true);
    const sum = directory.getUint32(at + 16, true);
    const packed = directory.getUint32(at + 20, true);
    const bytes = directory.getUint32(at + 24, true);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => directory.getUint16(at + offset, true));
    const localAt = directory.getUint32(at + 42, true);
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > directory.byteLength) throw bad(`its directory is damaged at entry ${i} (byte ${directoryAt + at}).`);
    const path = new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, nameLength));
    at = next;
    if (path.endsWith('/')) continue;
    if (path.startsWith('/') || path.includes('\\') || path.split('/').includes('..')) throw bad(`entry "${path}" has a path outside the zip file.`);
    if (flags & ENCRYPTED) throw bad(`"${path}" is encrypted.`);
    if (method !== STORED && method !== DEFLATED) throw bad(`"${path}" is compressed by method ${method}; only stored and deflated entries are supported.`);
    if (method === STORED && packed !== bytes) throw bad(`"${path}" is damaged: it is stored as it is, in ${packed} bytes, and should have ${bytes}.`);
    if (localAt + LOCAL_BYTES + packed > directoryAt) throw bad(`"${path}" is cut off, or reaches beyond the entries.`);
    if (bytes > LARGEST_ENTRY) throw bad(`"${path}" has ${bytes} bytes; at most ${LARGEST_ENTRY} are supported.`);
    entries.push({path, bytes, read: () => readEntry({path, method, packed, bytes, localAt, sum})});
  }
  return entries;

  /** @param {{path: string, method: number, packed: number, bytes: number, localAt: number, sum: number}} entry */
  async function readEntry({path, method, packed, bytes, localAt, sum}) {
    const header = await view(file, localAt, localAt + LOCAL_BYTES);
    if (header.byteLength < LOCAL_BYTES || header.getUint32(0, true) !== LOCAL_SIGNATURE) throw bad(`"${path}" is not where the directory says (byte ${localAt}).`);
    const start = localAt + LOCAL_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
    if (start + packed > directoryAt) throw bad(`"${path}" is cut off, or reaches beyond the entries.`);
    const stored = file.slice(start, start + packed);
    const content = method === STORED ? stored : await inflate(stored, bytes).catch(() => {
      throw bad(`"${path}" is damaged or larger than stated.`);
    });
    const read = new Uint8Array(await content.arrayBuffer());
    if (crc32(read) !== sum) throw bad(`"${path}" is damaged: its checksum is not the one in the directory.`);
    return new Blob([read]);
  }
}

/** @param {Blob} content @param {number} bytes the exact size of the result */
async function inflate(content, bytes) {
  const reader = content.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const pieces = [];
  let received = 0;
  for (;;) {
    const {done, value} = await reader.read();
    if (done) break;
    received += value.length;
    if (received > bytes) {
      await reader.cancel();
      throw new RangeError('more bytes than announced');
    }
    pieces.push(value);
  }
  if (received !== bytes) throw new RangeError('fewer bytes than announced');
  return new Blob(pieces);
}

/** @param {Blob} file @param {number} start @param {number} end */
const view = async (file, start, end) => new DataView(await file.slice(start, end).arrayBuffer());
