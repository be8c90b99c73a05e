import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {launch, serve} from './chromium.js';
import {content, otherOrigin} from './other_origin.js';
import {parquet, pixels, png, zip} from './pictures.js';

/** The end of a zip file with more entries than 16 bits can count. */
function manyEntries() {
  const file = zip({'a/1.png': png(pixels(1))});
  file.writeUInt16LE(0xffff, file.length - 12);
  return file;
}

const SITE = fileURLToPath(new URL('../../shell/site', import.meta.url));

// The data worker alone, in Chromium: what it reads from files, without a trainer.
describe('pictures: unpacked and decoded in the data worker', () => {
  let browser, site, page, other;
  before(async () => {
    browser = await launch();
    site = await serve({root: SITE});
    other = await otherOrigin();
    page = await browser.newPage();
    await page.goto(`${site.origin}/icon.svg`);
  });
  after(async () => {
    await browser.close();
    site.close();
    other.close();
  });

  /** Sends `open` to a new data worker and collects all it returns. Files travel as base64. */
  const read = (opening) => page.evaluate(async (opening) => {
    const worker = new Worker('/data/data_worker.js', {type: 'module'});
    const ask = (message) => new Promise((resolve) => {
      worker.onmessage = ({data}) => resolve(data);
      worker.postMessage(message);
    });
    const blob = (base64) => new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
    if (opening.kind === 'zip') opening.file = blob(opening.file);
    for (const file of opening.files ?? []) {
      if (file.blob) file.blob = blob(file.blob);
      if (file.file) file.file = blob(file.file);
    }
    const opened = await ask({open: opening});
    const result = {...opened, parts: [], read: 0};
    while (!result.error && !result.done) {
      const {part, error, done, read = 0} = await ask({});
      result.read += read;
      Object.assign(result, {error, done});
      if (part) result.parts.push({split: part.split, labels: [...part.labels], pictures: [...part.pictures], skipped: part.skipped});
    }
    worker.terminate();
    return result;
  }, opening);

  const rows = Array.from({length: 300}, (_, i) => pixels(i));
  const labels = rows.map((_, i) => i % 10);
  const good = parquet(rows.map((rgb) => png(rgb)), labels);
  const urlOf = (path) => other.url.slice(0, -1) + path;
  const openUrl = (path, split = 'train') => ({kind: 'parquet', files: [{name: path.slice(1), split, url: urlOf(path)}]});

  test('parquet: rows in order, every pixel as it was, class names from the metadata', async () => {
    Object.assign(other.files, {'/good.parquet': content(good)});
    const result = await read(openUrl('/good.parquet'));
    assert.equal(result.error, undefined);
    assert.equal(result.class_names[9], 'truck');
    assert.deepEqual(result.parts.flatMap((part) => part.labels), labels);
    const pictures = Uint8Array.from(result.parts.flatMap((part) => part.pictures));
    assert.deepEqual(Buffer.from(pictures), Buffer.concat(rows));
    assert.equal(result.total, good.length);
    assert.ok(result.read >= 0.9 * good.length, `${result.read} bytes were reported`);  // the end of the file is read twice
  });

  test('parquet: a server without ranges is read once, whole', async () => {
    let gets = 0;
    other.files['/whole.parquet'] = (request, response) => {
      gets += request.method === 'GET' && !request.headers.range;
      response.writeHead(200, {'content-length': good.length}).end(request.method === 'HEAD' ? '' : good);
    };
    const result = await read(openUrl('/whole.parquet'));
    assert.deepEqual(result.parts.flatMap((part) => part.labels), labels);
    assert.equal(gets, 1);
  });

  test('parquet: a connection that breaks off is asked again', async () => {
    let tries = 0;
    other.files['/drops.parquet'] = (request, response) => {
      if (request.method === 'GET' && ++tries % 2 === 1) {
        response.writeHead(206, {'content-length': 1000});
        return response.write(good.subarray(0, 10), () => setImmediate(() => response.destroy()));
      }
      content(good)(request, response);
    };
    const result = await read(openUrl('/drops.parquet'));
    assert.equal(result.error, undefined);
    assert.equal(result.parts.flatMap((part) => part.labels).length, 300);
  });

  for (const [what, make, code, message] of [
    ['a file that is not there', () => ({}), 'not_found', /file\.parquet was not found \(404\)/],
    ['something else', () => ({'/file.parquet': content(Buffer.from('<!doctype html>'.repeat(90)))}), 'bad_data', /file\.parquet: .*expected a parquet file/],
    ['a cut file', () => ({'/file.parquet': content(good.subarray(0, 5000))}), 'bad_data', /file\.parquet: /],
    ['other columns', () => ({'/file.parquet': content(parquet([png(rows[0])], [0], {picture: 'photo', label: 'kind'}))}), 'bad_data', /columns are photo, bytes, path, kind; expected img or image/],
    ['a broken picture', () => ({'/file.parquet': content(parquet([png(rows[0]), Buffer.from('no picture')], [0, 1]))}), 'bad_data', /file\.parquet: row 1: .*cannot decode the picture in column img/],
    ['a wrong label', () => ({'/file.parquet': content(parquet([png(rows[0])], [-3]))}), 'bad_data', /row 0: label is -3/],
  ]) {
    test(`parquet: ${what} is told`, async () => {
      delete other.files['/file.parquet'];
      Object.assign(other.files, make());
      const {error} = await read(openUrl('/file.parquet'));
      assert.equal(error?.code, code);
      assert.match(error.message, message);
    });
  }

  test('folder: classes by folder, a square from the middle, every fifth held out', async () => {
    const wide = png(pixels(5, 96, 64), 96, 64).toString('base64');
    const list = ['cats', 'dogs'].flatMap((name) => Array.from({length: 5}, (_, i) => ({path: `pets/${name}/${i}.png`, file: wide})));
    const {class_names, parts, error} = await read({kind: 'pictures', name: 'pets', files: list});
    assert.equal(error, undefined);
    assert.deepEqual(class_names, ['cats', 'dogs']);
    assert.deepEqual(parts.map(({split, labels}) => [split, labels]), [['test', [0, 1]], ['train', [0, 0, 0, 0, 1, 1, 1, 1]]]);
  });

  test('folder: train and test folders are the splits; text files and broken pictures are left out', async () => {
    const small = (i) => png(pixels(i)).toString('base64');
    const {parts, class_names} = await read({kind: 'pictures', name: 'pets', files: [
      {path: 'pets/train/cats/1.png', file: small(1)}, {path: 'pets/train/dogs/1.png', file: small(2)},
      {path: 'pets/train/dogs/2.png', file: 'bm8='}, {path: 'pets/train/dogs/notes.txt', file: 'bm8='},
      {path: 'pets/test/cats/1.png', file: small(3)},
    ]});
    assert.deepEqual(class_names, ['cats', 'dogs']);
    assert.deepEqual(parts.map(({split, labels, skipped}) => [split, labels, skipped]),
        [['test', [0], []], ['train', [0, 1], ['pets/train/dogs/2.png']]]);
    assert.deepEqual(parts[1].pictures, [...pixels(1), ...pixels(2)]);
  });

  test('folder: a picture of absurd size is left out; names of any script and with any sign are names', async () => {
    const huge = png(pixels(1, 100, 100), 100, 100);
    huge.writeUInt32BE(60_000, 16);
    huge.writeUInt32BE(60_000, 20);
    const names = ['<img src=x onerror=alert(1)>', 'a'.repeat(300), '\u05d7\u05ea\u05d5\u05dc \u202e', '\u732b\u{1f408}'];
    const {parts, class_names, error} = await read({kind: 'pictures', name: 'pets', files: [
      {path: `pets/${names[0]}/huge.png`, file: huge.toString('base64')},
      ...names.map((name, i) => ({path: `pets/${name}/1.png`, file: png(pixels(i)).toString('base64')})),
    ]});
    assert.equal(error, undefined);
    assert.deepEqual([...class_names].sort(), [...names].sort());
    assert.deepEqual(parts.map(({labels, skipped}) => [labels.length, skipped]), [[4, [`pets/${names[0]}/huge.png`]]]);
  });

  test('zip: stored and deflated', async () => {
    const entries = {'a/1.png': png(pixels(1)), 'b/1.png': png(pixels(2)), '__MACOSX/a/1.png': Buffer.from('x'), 'readme.txt': Buffer.from('x')};
    for (const deflate of [true, false]) {
      const {parts, class_names, error} = await read({kind: 'zip', name: 'p.zip', file: zip(entries, {deflate}).toString('base64')});
      assert.equal(error, undefined);
      assert.deepEqual(class_names, ['a', 'b']);
      assert.deepEqual(parts[0].pictures, [...pixels(1), ...pixels(2)]);
    }
  });

  test('zip and parquet: whatever is damaged in them, a sentence with the name of the file, or pictures', async () => {
    const random = (() => {
      let state = 1;
      return (/** @type {number} */ below) => (state = (state * 48271) % 2147483647) % below;
    })();
    const small = parquet(rows.slice(0, 3).map((rgb) => png(rgb)), labels.slice(0, 3));
    for (const [kind, file] of [['zip', zip(two)], ['parquet', small]]) {
      for (let i = 0; i < 25; ++i) {
        const damaged = Buffer.from(file);
        for (let k = random(4); k >= 0; --k) damaged[random(damaged.length)] = random(256);
        const base64 = damaged.subarray(0, random(4) === 0 ? random(damaged.length) : undefined).toString('base64');
        const {error, parts} = await read(kind === 'zip' ? {kind, name: 'p.zip', file: base64}
                                                         : {kind, files: [{name: 'p.parquet', split: 'train', blob: base64}]});
        if (error) assert.match(`${error.code}: ${error.message}`, /^bad_data: (p\.(zip|parquet): |a\/|b\/)/, `${kind} number ${i}`);
        else assert.ok(parts.length > 0, `${kind} number ${i}`);
      }
    }
  });

  const two = {'a/1.png': png(pixels(1)), 'b/1.png': png(pixels(2))};
  for (const [what, file, message] of [
    ['no zip file', Buffer.from('nothing of the kind'), /p\.zip: this is not a zip file/],
    ['a cut zip file', zip(two).subarray(0, 90), /p\.zip: /],
    ['a path out of it', zip({'../evil/1.png': png(pixels(1)), ...two}), /"\.\.\/evil\/1\.png" has a path outside/],
    ['one class', zip({'a/1.png': png(pixels(1))}), /there are 1 classes \("a"\); expected one folder for each of 2 to 100/],
    ['no pictures', zip({'a/1.txt': Buffer.from('x')}), /there are no pictures/],
    ['101 classes', zip(Object.fromEntries(Array.from({length: 101}, (_, i) => [`c${i}/1.png`, png(pixels(1))]))), /there are 101 classes/],
    ['an entry larger than it says', zip({'a/1.png': Buffer.alloc(50000), 'b/1.png': png(pixels(2))}, {lie: {bytes: 100}}), /damaged or larger than stated/],
    ['100,000 entries', manyEntries(), /more than 65,534 entries are not supported/],
    ['an absurd size', zip(two, {lie: {bytes: 2 ** 31}}), /at most 67108864 are supported/],
    ['pictures in no folder', zip({'1.png': png(pixels(1))}), /"1\.png" is not in a folder/],
  ]) {
    test(`zip: ${what} is told`, async () => {
      const {error} = await read({kind: 'zip', name: 'p.zip', file: file.toString('base64')});
      assert.equal(error?.code, 'bad_data');
      assert.match(error.message, message);
    });
  }
});
