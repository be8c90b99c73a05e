// Writes a zip file of a model's files, uncompressed: compression makes weights hardly smaller.
import {crc32} from '../data/crc32.js';

const UTF8_NAMES = 0x0800;
const VERSION = 20;
const FIRST_DAY = 0x0021;  // 1 January 1980: the same model gives the same file
const LOCAL_BYTES = 30;
const DIRECTORY_BYTES = 46;

/** @param {[name: string, content: ArrayBuffer][]} files @returns {Blob} */
export function writeZip(files) {
  /** @type {BlobPart[]} */
  const contents = [];
  /** @type {BlobPart[]} */
  const directory = [];
  let offset = 0;
  let directoryBytes = 0;
  for (const [name, content] of files) {
    const path = new TextEncoder().encode(name);
    const sum = crc32(new Uint8Array(content));
    /** The fields that both headers share. @param {DataView} header @param {number} at */
    const describe = (header, at) => {
      [VERSION, UTF8_NAMES, 0, 0, FIRST_DAY].forEach((value, i) => header.setUint16(at + 2 * i, value, true));
      [sum, content.byteLength, content.byteLength].forEach((value, i) => header.setUint32(at + 10 + 4 * i, value, true));
      header.setUint16(at + 22, path.length, true);
    };
    const local = new DataView(new ArrayBuffer(LOCAL_BYTES));
    local.setUint32(0, 0x04034b50, true);
    describe(local, 4);
    const entry = new DataView(new ArrayBuffer(DIRECTORY_BYTES));
    entry.setUint32(0, 0x02014b50, true);
    entry.setUint16(4, VERSION, true);
    describe(entry, 6);
    entry.setUint32(42, offset, true);
    contents.push(local.buffer, path, content);
    directory.push(entry.buffer, path);
    offset += LOCAL_BYTES + path.length + content.byteLength;
    directoryBytes += DIRECTORY_BYTES + path.length;
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, files.length, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, directoryBytes, true);
  end.setUint32(16, offset, true);
  return new Blob([...contents, ...directory, end.buffer], {type: 'application/zip'});
}
