// Data sets for tests, made here: PNG pictures, parquet files as Hugging Face writes them, zip files, CIFAR-10 batches.
import {brotliCompressSync, deflateRawSync, deflateSync, gzipSync} from 'node:zlib';

import {parquetWriteBuffer} from 'hyparquet-writer';

/** The files of the official set. */
export const BATCHES = ['data_batch_1.bin', 'data_batch_2.bin', 'data_batch_3.bin', 'data_batch_4.bin', 'data_batch_5.bin', 'test_batch.bin'];
export const CIFAR10 = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** A picture that is unique for its arguments: [height, width, 3]. */
export function pixels(seed, width = 32, height = 32) {
  const bytes = new Uint8Array(width * height * 3);
  for (let i = 0; i < bytes.length; ++i) bytes[i] = (i * (seed % 13 + 3) + seed * 31) & 255;
  return bytes;
}

/** An 8-bit RGB PNG file without a color profile. */
export function png(rgb, width = 32, height = 32) {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; ++y) rows.set(rgb.subarray(y * width * 3, (y + 1) * width * 3), y * (1 + width * 3) + 1);
  return pngFile(width, height, [8, 2], rows);
}

/** An 8-bit RGBA PNG file. @param {(pixel: number) => number} alpha */
export function rgba(rgb, alpha, width = 32, height = 32) {
  const rows = Buffer.alloc(height * (1 + width * 4));
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) rows.set([...rgb.subarray((y * width + x) * 3, (y * width + x + 1) * 3), alpha(y * width + x)], y * (1 + width * 4) + 1 + x * 4);
  }
  return pngFile(width, height, [8, 6], rows);
}

/** A gray PNG file of 16 bits. */
export function gray16(width = 32, height = 32) {
  const rows = Buffer.alloc(height * (1 + width * 2));
  for (let y = 0; y < height; ++y) for (let x = 0; x < width; ++x) rows.writeUInt16BE(((y * width + x) * 63) & 65535, y * (1 + width * 2) + 1 + x * 2);
  return pngFile(width, height, [16, 0], rows);
}

/** @param {number[]} kind bits and color type */
function pngFile(width, height, kind, rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([...kind, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND'),
  ]);
}

function chunk(type, content = Buffer.alloc(0)) {
  const body = Buffer.concat([Buffer.from(type), content]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(content.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

/** As zlib.crc32, which Node 18 lacks. */
function crc(bytes) {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; ++bit) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

/** As `datasets` writes uoft-cs/cifar10: img struct<bytes, path>, label int64, the class names in the metadata. */
export function parquet(pictures, labels, {names = CIFAR10, picture = 'img', label = 'label'} = {}) {
  return Buffer.from(parquetWriteBuffer({
    schema: [
      {name: 'root', num_children: 2},
      {name: picture, num_children: 2, repetition_type: 'OPTIONAL'},
      {name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL'},
      {name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL'},
      {name: label, type: 'INT64', repetition_type: 'OPTIONAL'},
    ],
    columnData: [
      {name: picture, data: pictures.map((bytes) => ({bytes: new Uint8Array(bytes), path: null}))},
      {name: label, data: labels.map(BigInt)},
    ],
    rowGroupSize: 100,
    kvMetadata: [{key: 'huggingface', value: JSON.stringify({info: {features: {[label]: {names}}}})}],
  }));
}

/**
 * Columns of {data, type} for each row, as other tools write them: pictures as bytes alone, labels of any type.
 * @param {{[name: string]: {data: any, type: string}[]}} columns
 */
export function plainParquet(columns, {names, codec = 'UNCOMPRESSED'} = {}) {
  const pack = {GZIP: gzipSync, BROTLI: brotliCompressSync, LZO: (bytes) => bytes}[codec];
  return Buffer.from(parquetWriteBuffer({
    columnData: Object.entries(columns).map(([name, cells]) => ({name, data: cells.map(({data}) => (data instanceof Buffer ? new Uint8Array(data) : data)), type: cells[0].type})),
    codec, compressors: pack && {[codec]: (bytes) => new Uint8Array(pack(bytes))},
    kvMetadata: names && [{key: 'huggingface', value: JSON.stringify({info: {features: {label: {names}}}})}],
  }));
}

/** files: {path: Buffer}. `lie` may change a directory entry: {bytes}. `latin1`: names byte for byte. */
export function zip(files, {deflate = true, lie = {}, latin1 = false} = {}) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [path, content] of Object.entries(files)) {
    const name = Buffer.from(path, latin1 ? 'latin1' : 'utf8');
    const packed = deflate ? deflateRawSync(content) : content;
    const fields = Buffer.alloc(26);  // from "version needed" to the extra field's length, as both headers have them
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(deflate ? 8 : 0, 4);
    fields.writeUInt32LE(crc(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(lie.bytes ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from('PK\x03\x04'), fields, name, packed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), fields, rest, name);
    at += 30 + name.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

/** CIFAR-10 records: label, red plane, green plane, blue plane. */
export function batch(count, {label = (i) => i % 10} = {}) {
  const bytes = Buffer.alloc(count * 3073);
  for (let i = 0; i < count; ++i) {
    bytes[i * 3073] = label(i);
    const rgb = pixels(i);
    for (let p = 0; p < 1024; ++p) for (let c = 0; c < 3; ++c) bytes[i * 3073 + 1 + c * 1024 + p] = rgb[p * 3 + c];
  }
  return bytes;
}

/** A ustar archive of files {path: Buffer}. */
export function tar(files) {
  const blocks = [];
  for (const [path, content] of Object.entries(files)) {
    const header = Buffer.alloc(512);
    header.write(path, 0);
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write('0', 156);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, content, Buffer.alloc((512 - content.length % 512) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
