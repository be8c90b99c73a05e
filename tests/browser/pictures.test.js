import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {launch, serve} from './chromium.js';
import {content, otherOrigin} from './other_origin.js';
import {parquet, pixels, plainParquet, png, zip} from './pictures.js';

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

  /** The opening of a zip file. */
  const zipped = (file, path = 'p.zip') => ({kind: 'pictures', name: path, files: [], zips: [{path, file: Buffer.from(file).toString('base64')}]});
  /** What was left out: {why: names}. */
  const leftOut = ({report}) => Object.fromEntries(report.left_out.map(({why, names}) => [why, names]));

  /** Sends `open` to a new data worker and collects all it returns. Files travel as base64. */
  const read = (opening) => page.evaluate(async (opening) => {
    const worker = new Worker('/data/data_worker.js', {type: 'module'});
    const ask = (message) => new Promise((resolve) => {
      worker.onmessage = ({data}) => resolve(data);
      worker.postMessage(message);
    });
    const blob = (base64) => new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
    for (const zip of opening.zips ?? []) zip.file = blob(zip.file);
    for (const file of opening.files ?? []) {
      if (file.blob !== undefined) file.blob = blob(file.blob);
      if (file.file) file.file = blob(file.file);
    }
    const opened = await ask({open: opening});
    const result = {...opened, parts: [], read: 0};
    while (!result.error && !result.done) {
      const {part, error, done, report, read = 0} = await ask({});
      result.read += read;
      Object.assign(result, {error, done}, report && {report});
      if (part) result.parts.push({split: part.split, labels: [...part.labels], pictures: [...part.pictures], skipped: part.skipped});
    }
    worker.terminate();
    return result;
  }, opening);

  const rows = Array.from({length: 300}, (_, i) => pixels(i));
  const labels = rows.map((_, i) => i % 10);
  const good = parquet(rows.map((rgb) => png(rgb)), labels);
  const urlOf = (path) => other.url.slice(0, -1) + path;
  const openUrl = (path, split = 'train') => ({kind: 'parquet', name: 'p', files: [{name: path.slice(1), split, url: urlOf(path)}]});

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
      gets += request.method === 'GET';
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

  const png2 = [{data: png(pixels(1)), type: 'BYTE_ARRAY'}, {data: png(pixels(2)), type: 'BYTE_ARRAY'}];
  const openFile = (file) => ({kind: 'parquet', name: 'p.parquet', files: [{name: 'p.parquet', blob: Buffer.from(file).toString('base64')}]});
  const cells = (type, ...values) => values.map((data) => ({data, type}));
  const bytes = (count) => Array.from({length: count}, (_, i) => ({data: png(pixels(i)), type: 'BYTE_ARRAY'}));

  for (const [what, columns, options, class_names, labels] of [
    ['texts', {label: cells('STRING', 'dog', 'ant', 'dog')}, {}, ['ant', 'dog'], [1, 0, 1]],
    ['texts in another column and a column of sizes', {target: cells('STRING', 'dog', 'ant', 'dog'), width: cells('INT32', 1, 2, 3)}, {}, ['ant', 'dog'], [1, 0, 1]],
    ['bool', {label: cells('BOOLEAN', true, false, true)}, {}, ['false', 'true'], [1, 0, 1]],
    ['numbers from 1, without names', {label: cells('INT32', 1, 3, 2)}, {}, ['1', '2', '3'], [0, 2, 1]],
    ['numbers from 1, with names', {label: cells('INT32', 1, 3, 2)}, {names: ['ant', 'bee', 'cat']}, ['ant', 'bee', 'cat'], [0, 2, 1]],
    ['numbers as fractions without a fraction', {label: cells('DOUBLE', 0, 2, 1)}, {}, ['0', '1', '2'], [0, 2, 1]],
    ['numbers, gzip', {label: cells('INT32', 0, 1, 0)}, {codec: 'GZIP'}, ['0', '1'], [0, 1, 0]],
    ['numbers, brotli', {label: cells('INT32', 0, 1, 0)}, {codec: 'BROTLI'}, ['0', '1'], [0, 1, 0]],
  ]) {
    test(`parquet: pictures as bytes alone, labels as ${what}`, async () => {
      const result = await read(openFile(plainParquet({image: bytes(3), ...columns}, options)));
      assert.equal(result.error, undefined);
      assert.deepEqual(result.class_names, class_names);
      assert.deepEqual(result.parts.flatMap((part) => part.labels), labels);
      assert.deepEqual(result.parts.flatMap((part) => part.pictures), [0, 1, 2].flatMap((i) => [...pixels(i)]));
      assert.match(result.report.line, /^Classes: .*columns? "image" and "/);
    });
  }

  test('parquet: rows without a label or a complete picture are skipped, and reported', async () => {
    const result = await read(openFile(parquet([png(rows[0]), Buffer.from('no picture'), png(rows[2]), png(rows[3])], [3, 1, -1, 4])));
    assert.equal(result.error, undefined);
    assert.deepEqual(result.parts.flatMap((part) => part.labels), [3, 4]);
    assert.deepEqual(Object.values(leftOut(result)), [['p.parquet: row 2'], ['p.parquet: row 1']]);
  });

  test('parquet: of classes and their groups, the classes, or the groups on request', async () => {
    const file = plainParquet({img: bytes(2), coarse_label: cells('INT32', 7, 8), fine_label: cells('INT32', 70, 80)});
    assert.deepEqual((await read(openFile(file))).class_names, ['70', '80']);
    assert.deepEqual((await read({...openFile(file), coarse: true})).class_names, ['7', '8']);
  });

  test('parquet: an empty file is named as such', async () => {
    assert.match((await read(openFile(Buffer.alloc(0)))).error.message, /^p\.parquet: the file is empty: copy or download it again\.$/);
  });

  test('parquet: a codec that is not read is named', async () => {
    const {error} = await read(openFile(plainParquet({image: bytes(2), label: cells('INT32', 0, 1)}, {codec: 'LZO'})));
    assert.match(error.message, /p\.parquet: it is compressed with LZO; expected one of/);
  });

  for (const [what, make, code, message] of [
    ['a file that is not there', () => ({}), 'not_found', /file\.parquet was not found \(404\)/],
    ['something else', () => ({'/file.parquet': content(Buffer.from('<!doctype html>'.repeat(90)))}), 'bad_data', /file\.parquet: this is not a parquet file; it is an HTML page, not a data file; download the file from/],
    ['nothing of the kind', () => ({'/file.parquet': content(Buffer.from('PAR1 and nothing else'))}), 'bad_data', /file\.parquet: this is not a parquet file, or it is incomplete .*; copy or download it again\. Expected a parquet file/],
    ['a cut file', () => ({'/file.parquet': content(good.subarray(0, 5000))}), 'bad_data', /file\.parquet: /],
    ['other columns', () => ({'/file.parquet': content(plainParquet({size: [{data: 1, type: 'INT32'}], name: [{data: 'x', type: 'STRING'}]}))}), 'bad_data', /columns are size, name; expected img or image/],
    ['only broken pictures', () => ({'/file.parquet': content(parquet([Buffer.from('no picture')], [0]))}), 'bad_data', /file\.parquet: row 0: no picture could be read: rows that are unreadable in column img .* \(1\)\. Save the pictures as PNG or JPEG in that column\.$/],
    ['no rows', () => ({'/file.parquet': content(parquet([], []))}), 'bad_data', /file\.parquet: it has no rows\. Choose a file with pictures and labels\.$/],
    ['labels that are measures', () => ({'/file.parquet': content(plainParquet({image: [...png2], label: [{data: 0.5, type: 'DOUBLE'}, {data: 0.7, type: 'DOUBLE'}]}))}), 'bad_data', /row 0: label is 0\.5; expected a class number/],
    ['a wrong label', () => ({'/file.parquet': content(parquet([png(rows[0])], [-3]))}), 'bad_data', /row 0: label is -3; the file names 10 classes, 0 to 9/],
  ]) {
    test(`parquet: ${what} is reported`, async () => {
      delete other.files['/file.parquet'];
      Object.assign(other.files, make());
      const {error} = await read(openUrl('/file.parquet'));
      assert.equal(error?.code, code);
      assert.match(error.message, message);
    });
  }

  test('folder: classes by folder, a square from the middle, every fifth held out', async () => {
    let seed = 0;
    const wide = () => png(pixels(++seed, 96, 64), 96, 64).toString('base64');
    const list = ['cats', 'dogs'].flatMap((name) => Array.from({length: 5}, (_, i) => ({path: `pets/${name}/${i}.png`, file: wide()})));
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

  test('folder: a copy is skipped; a class without readable pictures is named; so is a training picture among the test pictures', async () => {
    const small = (i) => png(pixels(i)).toString('base64');
    const result = await read({kind: 'pictures', name: 'pets', files: [
      ...['ant', 'bee'].flatMap((name, k) => [1, 2].map((i) => ({path: `pets/train/${name}/${i}.png`, file: small(10 * k + i)}))),
      {path: 'pets/train/ant/1 (1).png', file: small(1)}, {path: 'pets/test/bee/1.png', file: small(12)},
      {path: 'pets/test/ant/7.png', file: small(7)}, {path: 'pets/train/cow/1.png', file: 'bm8='},
    ]});
    assert.equal(result.error, undefined);
    assert.deepEqual(result.class_names, ['ant', 'bee', 'cow']);
    assert.deepEqual(result.parts.map(({split, labels}) => [split, labels]), [['test', [0, 1]], ['train', [0, 0, 1, 1]]]);
    assert.deepEqual(leftOut(result)['copies of other pictures of their class'], ['pets/train/ant/1 (1).png']);
    assert.match(result.report.notes.join(' '), /No picture of "cow" could be read: the class is empty\./);
    assert.match(result.report.notes.join(' '), /1 training picture is also a test picture/);
  });

  test('folder: equal broken files are unreadable, not copies', async () => {
    const result = await read({kind: 'pictures', name: 'pets', files: ['ant', 'bee'].flatMap((name, k) => [1, 2, 3].map((i) =>
      ({path: `pets/${name}/${i}.png`, file: k ? png(pixels(i)).toString('base64') : 'bm8='})))});
    assert.deepEqual(Object.entries(leftOut(result)), [['unreadable (the browser cannot decode it: it is not a picture)', ['pets/ant/1.png', 'pets/ant/2.png', 'pets/ant/3.png']]]);
    assert.deepEqual(result.report.notes, ['No picture of "ant" could be read: the class is empty.']);
  });

  test('folder: a test picture that cannot be read is replaced by the next one of its class', async () => {
    const of = (name, broken, count) => Array.from({length: count}, (_, i) => ({path: `pets/${name}/${i}.png`, file: broken.includes(i) ? Buffer.from(`no ${i}`).toString('base64') : png(pixels(i + count)).toString('base64')}));
    const {parts, report} = await read({kind: 'pictures', name: 'pets', files: [...of('ant', [4, 0], 7), ...of('bee', [4, 9], 11)]});
    const total = (wanted) => parts.filter(({split}) => split === wanted).flatMap(({labels}) => labels);
    assert.deepEqual(total('test').sort(), [0, 1, 1]);
    assert.deepEqual(total('train'), [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
    assert.deepEqual(parts.flatMap(({skipped}) => skipped).sort(), ['pets/ant/0.png', 'pets/ant/4.png', 'pets/bee/4.png', 'pets/bee/9.png']);
    assert.equal(report.left_out.reduce((sum, {count}) => sum + count, 0), 4);
  });

  test('folder: pictures without an extension are read if none has one', async () => {
    const list = ['ant', 'bee'].flatMap((name, k) => [1, 2].map((i) => ({path: `pets/${name}/photo${i}`, file: png(pixels(i + 2 * k)).toString('base64')})));
    assert.deepEqual((await read({kind: 'pictures', name: 'pets', files: list})).parts.map(({labels}) => labels), [[0, 0, 1, 1]]);
    const mixed = await read({kind: 'pictures', name: 'pets', files: [...list, {path: 'pets/ant/3.png', file: png(pixels(9)).toString('base64')}, {path: 'pets/bee/3.png', file: png(pixels(8)).toString('base64')}]});
    assert.deepEqual(leftOut(mixed)['files that are not pictures'].length, 4);
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
      const {parts, class_names, error} = await read(zipped(zip(entries, {deflate})));
      assert.equal(error, undefined);
      assert.deepEqual(class_names, ['a', 'b']);
      assert.deepEqual(parts[0].pictures, [...pixels(1), ...pixels(2)]);
    }
  });

  test('zip: several are folders of their names', async () => {
    const file = (i) => zip({'1.png': png(pixels(i)), '2.png': png(pixels(i + 1))}).toString('base64');
    const {class_names, parts} = await read({kind: 'pictures', name: 'two', files: [], zips: [{path: 'ant.zip', file: file(1)}, {path: 'bee.zip', file: file(3)}]});
    assert.deepEqual(class_names, ['ant', 'bee']);
    assert.deepEqual(parts.map(({labels}) => labels), [[0, 0, 1, 1]]);
  });

  test('zip: names in GBK are read, and reported', async () => {
    const names = {'\u00c3\u00a8': 1, '\u00b9\u00b7': 2};  // two words in GBK, byte for byte
    const {class_names, report} = await read(zipped(zip(Object.fromEntries(Object.entries(names).map(([name, i]) => [`${name}/1.png`, png(pixels(i))])), {latin1: true})));
    assert.deepEqual([...class_names].sort(), ['\u72d7', '\u732b']);
    assert.match(report.line, /read as gbk/);
  });

  test('zip and parquet: any damage gives an error with the name of the file, or pictures', async () => {
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
        const {error, parts} = await read(kind === 'zip' ? zipped(Buffer.from(base64, 'base64'))
                                                         : {kind, name: 'p.parquet', files: [{name: 'p.parquet', split: 'train', blob: base64}]});
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
    ['one class', zip({'a/1.png': png(pixels(1))}), /there is 1 class \(a\); expected 2 to 100 folders, one per class/],
    ['no pictures', zip({'a/1.txt': Buffer.from('x')}), /there are no pictures/],
    ['101 classes', zip(Object.fromEntries(Array.from({length: 101}, (_, i) => [`c${i}/1.png`, png(pixels(1))]))), /there are 101 classes/],
    ['entries larger than they say', zip({'a/1.png': Buffer.alloc(50000), 'b/1.png': png(pixels(2))}, {lie: {bytes: 100}}), /p\.zip: no picture can be read\. "a\/1\.png": damaged/],
    ['65,535 entries, of which it has one', manyEntries(), /directory is damaged at entry 1/],
    ['an absurd size', zip(two, {lie: {bytes: 2 ** 31}}), /p\.zip: no picture can be read\. "a\/1\.png": damaged/],
    ['pictures in no folder', zip({'1.png': png(pixels(1))}), /"1\.png" is not in a folder of its class/],
  ]) {
    test(`zip: ${what} is reported`, async () => {
      const {error} = await read(zipped(file));
      assert.equal(error?.code, 'bad_data');
      assert.match(error.message, message);
    });
  }
});
