// Damaged zip files are refused, with the entry's name. No browser needed.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {readZip} from '../../shell/site/data/zip_reader.js';
import {zip} from './pictures.js';

const FILES = {'a/1.bin': Buffer.from('one, one, one, one, one'), 'b/2.bin': Buffer.from('two, two, two')};
/** Every entry's content. */
const readAll = async (bytes) => Promise.all((await readZip(new Blob([bytes]), 'p.zip')).map(async ({read}) => (await read()).text()));
/** The position of a field in the directory's first entry. */
const field = (bytes, offset) => bytes.indexOf('PK\x01\x02') + offset;

/** As zip() writes it, with the positions only in the records that files over 4 GB have. */
function zip64(files) {
  const plain = zip(files, {deflate: false});
  const end = plain.length - 22;
  const count = plain.readUInt16LE(end + 10), bytes = plain.readUInt32LE(end + 12), at = plain.readUInt32LE(end + 16);
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 0, 'latin1');
  record.writeBigUInt64LE(44n, 4);
  [count, count, bytes, at].forEach((value, i) => record.writeBigUInt64LE(BigInt(value), 24 + 8 * i));
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 0, 'latin1');
  locator.writeBigUInt64LE(BigInt(end), 8);
  const last = Buffer.from(plain.subarray(end));
  last.fill(0xff, 8, 20);
  return Buffer.concat([plain.subarray(0, end), record, locator, last]);
}

/** Why deflated entries cannot be read here, or false. The browsers of the other tests can. */
function withoutInflate() {
  try {
    return new DecompressionStream('deflate-raw') && false;
  } catch {
    return `Node ${process.version} has no deflate-raw`;
  }
}

describe('a zip file', () => {
  for (const deflate of [false, true]) {
    const skip = deflate && withoutInflate();
    const whole = () => zip(FILES, {deflate});
    const kind = deflate ? 'deflated' : 'stored';
    const changed = (change) => {
      const bytes = whole();
      change(bytes);
      return bytes;
    };

    test(`${kind}: read as it was written`, {skip}, async () => {
      assert.deepEqual(await readAll(whole()), Object.values(FILES).map(String));
    });

    for (const [what, bytes] of [
      ['a content with a changed byte', changed((bytes) => { bytes[30 + 'a/1.bin'.length + 3] ^= 4; })],
      ['another checksum in the directory', changed((bytes) => { bytes[field(bytes, 16)] ^= 1; })],
      ['a size too large', changed((bytes) => bytes.writeUInt32LE(24, field(bytes, 24)))],
      ['a size too small', changed((bytes) => bytes.writeUInt32LE(22, field(bytes, 24)))],
      ['a packed size too small', changed((bytes) => bytes.writeUInt32LE(5, field(bytes, 20)))],
      ['a packed size beyond the entries', changed((bytes) => bytes.writeUInt32LE(5000, field(bytes, 20)))],
      ['sizes that agree and reach into the directory', changed((bytes) => [20, 24].forEach((offset) => bytes.writeUInt32LE(90, field(bytes, offset))))],
      ['a place beyond the entries', changed((bytes) => bytes.writeUInt32LE(bytes.length - 40, field(bytes, 42)))],
    ]) {
      test(`${kind}, ${what}: refused by name`, {skip}, async () => {
        await assert.rejects(readAll(bytes), ({code, message}) => {
          assert.equal(code, 'bad_data');
          assert.match(message, /^p\.zip: "a\/1\.bin" is /);
          return true;
        });
      });
    }
  }

  const FEW = {'ant/1.bin': Buffer.from('one'), 'bee/2.bin': Buffer.from('two')};
  const paths = async (bytes) => (await readZip(new Blob([bytes]), 'p.zip')).map(({path}) => path);

  test('behind a program that unpacks it, with positions that do not count the program', async () => {
    for (const before of [1, 333, 70_000]) {
      const bytes = Buffer.concat([Buffer.alloc(before, 'MZ'), zip(FEW, {deflate: false})]);
      assert.deepEqual(await readAll(bytes), ['one', 'two']);
    }
  });

  test('with the end record of large files, and with positions only there', async () => {
    assert.deepEqual(await readAll(zip64(FEW)), ['one', 'two']);
    assert.deepEqual(await readAll(Buffer.concat([Buffer.alloc(50), zip64(FEW)])), ['one', 'two']);
    const damaged = zip64(FEW);
    damaged.write('XX', damaged.indexOf('PK\x06\x06'), 'latin1');
    await assert.rejects(readAll(damaged), /directory is damaged: the end record of a large zip file/);
  });

  test('with a comment that contains an end signature, and with trailing bytes', async () => {
    const comment = Buffer.from('PK\x05\x06 is in this comment'.repeat(3), 'latin1');
    const commented = zip(FEW, {deflate: false});
    commented.writeUInt16LE(comment.length, commented.length - 2);
    assert.deepEqual(await readAll(Buffer.concat([commented, comment])), ['one', 'two']);
    assert.deepEqual(await readAll(Buffer.concat([zip(FEW, {deflate: false}), Buffer.alloc(99)])), ['one', 'two']);
  });

  test('the last part of a split one: what to do with its parts', async () => {
    const last = zip(FEW, {deflate: false});
    last.writeUInt16LE(4, last.length - 18);
    await assert.rejects(readAll(last), {code: 'bad_data', message: /p\.zip: this is the last of the 5 parts of a split zip file\. Put all parts in one folder/});
    const large = zip64(FEW);
    large.writeUInt32LE(1, large.indexOf('PK\x06\x06') + 16);
    await assert.rejects(readAll(large), /the last of the 2 parts/);
  });

  for (const [what, bytes, says] of [
    ['nothing', Buffer.alloc(0), /p\.zip: the file is empty: copy or download/], ['a RAR archive', Buffer.from('Rar!\x1a\x07'), /p\.zip: this is not a zip file; it is a RAR archive.*Unpack it/],
    ['a web page', Buffer.from('\n<!doctype html>'), /it is an HTML page, not a data file; download/], ['the begin of one', zip(FEW).subarray(0, 70), /its end is missing, so the file is incomplete/],
    ['any text', Buffer.from('nothing of the kind'), /this is not a zip file\. Pack the folder/],
  ]) {
    test(`${what}, named .zip: the error says what it is`, async () => assert.rejects(readAll(bytes), {code: 'bad_data', message: says}));
  }

  test('Windows separators; folders are not files; a path outside the archive is rejected', async () => {
    assert.deepEqual(await paths(zip({'zoo\\ant\\': Buffer.alloc(0), 'zoo\\ant\\1.bin': Buffer.from('x'), '/C/2.bin': Buffer.from('x')})), ['zoo/ant/1.bin', 'C/2.bin']);
    await assert.rejects(paths(zip({'..\\1.bin': Buffer.from('x')})), /has a path outside/);
  });

  test('an entry of a method that is not read: its name and its method, when it is read', async () => {
    const bytes = zip(FEW, {deflate: false});
    bytes.writeUInt16LE(9, field(bytes, 10));
    const [first, second] = await readZip(new Blob([bytes]), 'p.zip');
    assert.match(first.problem, /^compressed with Deflate64; only stored and deflated/);
    await assert.rejects(first.read(), /p\.zip: "ant\/1\.bin" is compressed with Deflate64/);
    assert.equal(await (await second.read()).text(), 'two');
  });

  test('one damaged entry does not spoil the others', async () => {
    const bytes = zip(FILES, {deflate: false});
    bytes[30 + 'a/1.bin'.length] ^= 1;
    const [first, second] = await readZip(new Blob([bytes]), 'p.zip');
    await assert.rejects(first.read(), {code: 'bad_data'});
    assert.equal(await (await second.read()).text(), 'two, two, two');
  });
});
