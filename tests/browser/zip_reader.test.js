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

  test('one damaged entry does not spoil the others', async () => {
    const bytes = zip(FILES, {deflate: false});
    bytes[30 + 'a/1.bin'.length] ^= 1;
    const [first, second] = await readZip(new Blob([bytes]), 'p.zip');
    await assert.rejects(first.read(), {code: 'bad_data'});
    assert.equal(await (await second.read()).text(), 'two, two, two');
  });
});
