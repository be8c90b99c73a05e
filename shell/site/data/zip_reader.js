// Reads a zip file by its central directory, one entry at a time. A parser of untrusted input: sizes are checked before use, and
// every entry yields exactly the bytes that its directory entry states, by number and checksum.
import {crc32} from './crc32.js';
import {PlaygroundError} from '../errors.js';
import {BEGIN_BYTES, aboutBegin} from './other_files.js';
import {normalPath} from './paths.js';
import {decodeName, encodingOf} from './zip_names.js';

const END_SIGNATURE = 0x06054b50;
const END64_SIGNATURE = 0x06064b50;
const LOCATOR_SIGNATURE = 0x07064b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const END64_BYTES = 56;
const LOCATOR_BYTES = 20;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 65535;
const STORED = 0;
const DEFLATED = 8;
const METHODS = new Map([[1, 'Shrink'], [6, 'Implode'], [9, 'Deflate64'], [12, 'bzip2'], [14, 'LZMA'], [93, 'Zstandard'], [95, 'xz'], [98, 'PPMd']]);
const LARGEST_ENTRY = 256 << 20;
const LARGEST_DIRECTORY = 256 << 20;
const ENCRYPTED = 1;
const UTF8 = 1 << 11;
const EXTRA_ZIP64 = 1;
const EXTRA_NAME = 0x7075;

/**
 * @typedef {{path: string, bytes: number, problem?: string, read: () => Promise<Blob>}} Entry
 * `problem`: why it cannot be read, known from the directory; `read` throws it.
 * @typedef {{name: Uint8Array, utf8: boolean, flags: number, method: number, sum: number, packed: number, bytes: number, localAt: number}} Listed
 */

/**
 * @param {Blob} file
 * @param {string} name
 * @returns {Promise<Entry[] & {encoding?: string}>} files, not folders; encoding: of names that do not say theirs
 */
export async function readZip(file, name) {
  /** @param {string} what */
  const bad = (what) => new PlaygroundError('bad_data', `${name}: ${what}`);
  const {count, directoryBytes, directoryAt, shift} = await findDirectory(file, bad);
  if (directoryAt + directoryBytes > file.size) throw bad('its directory reaches beyond the end of the file.');
  if (directoryBytes > LARGEST_DIRECTORY) throw bad(`its directory has ${directoryBytes} bytes; at most ${LARGEST_DIRECTORY} are supported.`);
  const listed = readDirectory(await view(file, directoryAt, directoryAt + directoryBytes), count, directoryAt, bad);
  const encoding = encodingOf(listed.filter(({utf8}) => !utf8).map((one) => one.name));
  /** @type {Entry[] & {encoding?: string}} */
  const entries = [];
  if (encoding !== 'utf-8') entries.encoding = encoding;
  for (const {name: bytesOfName, utf8, ...one} of listed) {
    const raw = utf8 ? new TextDecoder().decode(bytesOfName) : decodeName(bytesOfName, encoding);
    const path = normalPath(raw);
    if (/[\\/]$/.test(raw) || path === '') continue;
    if (path.split('/').includes('..')) throw bad(`entry "${raw}" has a path outside the zip file.`);
    const entry = {...one, path, localAt: one.localAt + shift};
    const problem = problemOf(entry);
    entries.push({path, bytes: one.bytes, ...problem && {problem}, read: () => readEntry(entry)});
  }
  return entries;

  /** @param {{path: string} & Omit<Listed, 'name' | 'utf8'>} entry */
  function problemOf({flags, method, packed, bytes, localAt}) {
    if (flags & ENCRYPTED) return 'encrypted; unpack the zip file with its password and choose the folder';
    if (method !== STORED && method !== DEFLATED) {
      return `compressed with ${METHODS.get(method) ?? `method ${method}`}; only stored and deflated entries are read: unpack the zip file and choose the folder`;
    }
    if (method === STORED && packed !== bytes) return `damaged: it is stored uncompressed with ${packed} bytes, but should have ${bytes}`;
    if (localAt < 0 || localAt + LOCAL_BYTES + packed > directoryAt) return 'cut off, or reaches beyond the entries';
    return undefined;
  }

  /** @param {{path: string} & Omit<Listed, 'name' | 'utf8'>} entry */
  async function readEntry(entry) {
    const {path, method, packed, bytes, localAt, sum} = entry;
    const problem = problemOf(entry);
    if (problem) throw bad(`"${path}" is ${problem}.`);
    if (bytes > LARGEST_ENTRY) throw bad(`"${path}" has ${bytes} bytes; at most ${LARGEST_ENTRY} are supported.`);
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

/**
 * The directory, by the end of the file. `shift`: bytes in front of the archive (a self-extractor), which its offsets do not
 * include.
 * @param {Blob} file
 * @param {(what: string) => PlaygroundError} bad
 */
async function findDirectory(file, bad) {
  const tailAt = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT - END64_BYTES - LOCATOR_BYTES);
  const tail = await view(file, tailAt, file.size);
  const end = findEnd(tail);
  if (end < 0) throw bad(await whyNoEnd(file));
  let parts = tail.getUint16(end + 4, true) + 1;
  let count = tail.getUint16(end + 10, true);
  let directoryBytes = tail.getUint32(end + 12, true);
  let stated = tail.getUint32(end + 16, true);
  let behind = end;  // what follows the directory
  if (end >= LOCATOR_BYTES && tail.getUint32(end - LOCATOR_BYTES, true) === LOCATOR_SIGNATURE) {
    const record = end - LOCATOR_BYTES - END64_BYTES;
    if (record < 0 || tail.getUint32(record, true) !== END64_SIGNATURE) throw bad('its directory is damaged: the end record of a large zip file (zip64) is missing.');
    parts = tail.getUint32(record + 16, true) + 1;
    count = Number(tail.getBigUint64(record + 32, true));
    directoryBytes = Number(tail.getBigUint64(record + 40, true));
    stated = Number(tail.getBigUint64(record + 48, true));
    behind = record;
  }
  if (parts > 1) throw bad(`this is the last of the ${parts} parts of a split zip file. Put all parts in one folder, unpack this one there, and choose the unpacked folder.`);
  const placed = tailAt + behind - directoryBytes;
  const signed = async (/** @type {number} */ at) => {
    const head = await view(file, at, at + 4);
    return head.byteLength === 4 && head.getUint32(0, true) === DIRECTORY_SIGNATURE;
  };
  const prepended = stated !== placed && placed > stated && !await signed(stated) && await signed(placed);
  const directoryAt = prepended ? placed : stated;
  return {count, directoryBytes, directoryAt, shift: directoryAt - stated};
}

/** Where the end record is: the one whose comment ends with the file, as a comment may hold the signature; or else the last. @param {DataView} tail */
function findEnd(tail) {
  let last = -1;
  for (let end = tail.byteLength - END_BYTES; end >= 0; --end) {
    if (tail.getUint32(end, true) !== END_SIGNATURE) continue;
    if (end + END_BYTES + tail.getUint16(end + 20, true) === tail.byteLength) return end;
    if (last < 0) last = end;
  }
  return last;
}

/** @param {Blob} file */
async function whyNoEnd(file) {
  if (file.size === 0) return 'the file is empty: copy or download it again.';
  const head = new Uint8Array(await file.slice(0, BEGIN_BYTES).arrayBuffer());
  const about = aboutBegin(head);
  if (about) return `this is not a zip file; it ${about}`;
  const begins = head.length >= 4 && new DataView(head.buffer).getUint32(0, true) === LOCAL_SIGNATURE;
  return begins ? 'its end is missing, so the file is incomplete: copy or download it again.'
      : 'this is not a zip file. Pack the folder with one folder of pictures for each class as a .zip, or choose the folder.';
}

/**
 * @param {DataView} directory
 * @param {number} count
 * @param {number} directoryAt
 * @param {(what: string) => PlaygroundError} bad
 */
function readDirectory(directory, count, directoryAt, bad) {
  /** @type {Listed[]} */
  const listed = [];
  for (let i = 0, at = 0; i < count; ++i) {
    const damaged = () => bad(`its directory is damaged at entry ${i} (byte ${directoryAt + at}).`);
    if (at + ENTRY_BYTES > directory.byteLength || directory.getUint32(at, true) !== DIRECTORY_SIGNATURE) throw damaged();
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => directory.getUint16(at + offset, true));
    const next = at + ENTRY_BYTES + nameLength + extraLength + commentLength;
    if (next > directory.byteLength) throw damaged();
    const flags = directory.getUint16(at + 8, true);
    const entry = {
      name: new Uint8Array(directory.buffer, directory.byteOffset + at + ENTRY_BYTES, nameLength), utf8: (flags & UTF8) !== 0, flags,
      method: directory.getUint16(at + 10, true), sum: directory.getUint32(at + 16, true), packed: directory.getUint32(at + 20, true),
      bytes: directory.getUint32(at + 24, true), localAt: directory.getUint32(at + 42, true),
    };
    const extra = new DataView(directory.buffer, directory.byteOffset + at + ENTRY_BYTES + nameLength, extraLength);
    if (!readExtra(extra, entry)) throw damaged();
    listed.push(entry);
    at = next;
  }
  return listed;
}

/** Sizes over 4 GB (zip64), and a second name in UTF-8. @param {DataView} extra @param {Listed} entry @returns {boolean} whether it is whole */
function readExtra(extra, entry) {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const id = extra.getUint16(at, true);
    const size = extra.getUint16(at + 2, true);
    const from = at + 4;
    at = from + size;
    if (at > extra.byteLength) return true;  // some programs write less than they announce; nothing here needs it
    if (id === EXTRA_ZIP64) {
      let field = from;
      for (const key of /** @type {const} */ (['bytes', 'packed', 'localAt'])) {
        if (entry[key] !== 0xffffffff) continue;
        if (field + 8 > at) return false;
        entry[key] = Number(extra.getBigUint64(field, true));
        field += 8;
      }
    }
    if (id === EXTRA_NAME && size > 5 && extra.getUint8(from) === 1 && extra.getUint32(from + 1, true) === crc32(entry.name)) {
      entry.name = new Uint8Array(extra.buffer, extra.byteOffset + from + 5, size - 5);
      entry.utf8 = true;
    }
  }
  return true;
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
