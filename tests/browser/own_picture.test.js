import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve} from './chromium.js';
import {gray16, parquet, pixels, png, rgba, zip} from './pictures.js';
import {press} from './widgets.js';

/** Files dropped on the page, as the browser gives them. */
const drop = (page, files) => page.evaluate((files) => {
  const transfer = new DataTransfer();
  for (const {name, bytes} of files) transfer.items.add(new File([new Uint8Array(bytes)], name));
  window.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
}, files.map(({name, bytes}) => ({name, bytes: [...bytes]})));

/** The next event of one of these types; call it before the action that causes the event. */
const next = (page, ...types) => page.evaluate((types) => new Promise((resolve) => {
  let heard = false;
  const stop = trainer.observe(({type, args, payloads}) => {
    if (!heard || !types.includes(type)) return;  // skip sticky events, which are replayed at once
    stop();
    resolve({type, ...args, bytes: payloads[0]?.byteLength, first: payloads[0] ? [...new Uint8Array(payloads[0], 0, 6)] : []});
  });
  heard = true;
}), types);

describe('a picture of one\'s own', () => {
  let browser, site, page, complaints;
  before(async () => {
    browser = await launch({args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']});
    site = await serve();
    ({page, complaints} = await openPage(browser, site.origin, {permissions: ['camera', 'clipboard-read', 'clipboard-write']}));
    await page.evaluate(() => playground.load({source: 'sample', limit: 30}));
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('dropped: distinguished from a data set, with the file\'s own pixels', async () => {
    const came = next(page, 'picture', 'failure');
    await drop(page, [{name: 'mine.png', bytes: png(pixels(3, 50, 40), 50, 40)}]);
    const {type, width, height, bytes, live, first} = await came;
    assert.deepEqual({type, width, height, bytes, live}, {type: 'picture', width: 50, height: 40, bytes: 50 * 40 * 3, live: false});
    assert.deepEqual(first, [...pixels(3, 50, 40).subarray(0, 6)]);
  });

  test('the same file has the same numbers, chosen, in a folder and in parquet: transparency over white, rotated by EXIF', async () => {
    const files = {'odd.png': png(pixels(3, 50, 41), 50, 41), 'clear.png': rgba(pixels(5), (i) => i % 256), 'gray16.png': gray16(), 'turned.jpg': await turned(page)};
    for (const [name, bytes] of Object.entries(files)) {
      const own = page.evaluate(() => new Promise((resolve) => {
        let heard = false;
        const stop = trainer.observe(({type, args, payloads}) => {
          if (!heard || !['picture', 'failure'].includes(type)) return;
          stop();
          resolve(args.message ?? {pixels: [...new Uint8Array(payloads[1])], transparent: args.transparent ?? false});
        });
        heard = true;
      }));
      await drop(page, [{name, bytes}]);
      const {pixels: seen, transparent} = await own;
      assert.equal(transparent, name === 'clear.png', name);
      const table = parquet([bytes, png(pixels(9))], [0, 1]);
      const other = png(pixels(8));
      for (const given of [[{path: `zoo/ant/${name}`, bytes}, {path: 'zoo/bee/1.png', bytes: other}], [{path: 't.parquet', bytes: table}]]) {
        const [first, report] = await page.evaluate(async (given) => {
          const {report} = await playground.load({source: given.map(({path, bytes}) => ({path, file: new File([new Uint8Array(bytes)], path)}))});
          const {payloads} = await trainer.request('pictures', {split: 'train', indices: [0]});
          return [[...new Uint8Array(payloads[0])], report];
        }, given.map(({path, bytes}) => ({path, bytes: [...bytes]})));
        assert.deepEqual(first, seen, `${name} in ${given[0].path}`);
        assert.equal(/transparent/i.test(report.line), transparent, report.line);
      }
      if (name === 'clear.png') {
        const one = pixels(5);
        for (let i = 0; i < 1024; ++i) {
          const white = Math.round((one[i * 3] * (i % 256) + 255 * (255 - i % 256)) / 255);
          assert.ok(Math.abs(seen[i * 3] - white) <= 1, `pixel ${i}: ${seen[i * 3]}, ${white} expected`);
        }
      }
      // The top of this picture, as it is stored, is red; turned by 90 degrees it is the right side.
      if (name === 'turned.jpg') assert.ok(seen[31 * 3] > 150 && seen[0] < 100, `${seen.slice(0, 3)} ... ${seen.slice(93, 96)}`);
    }
  });

  test('pasted with the keyboard, and by the button', async () => {
    const came = next(page, 'picture', 'failure');
    await page.evaluate((bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], 'image.png', {type: 'image/png'}));
      document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: transfer, bubbles: true, cancelable: true}));
    }, [...png(pixels(4, 900, 300), 900, 300)]);
    const {width, height} = await came;
    assert.deepEqual([width, height], [512, 171]);  // of 900 x 300
  });

  for (const [what, name, bytes, says] of [
    ['no picture at all', 'fake.png', Buffer.from('not a picture'), /fake\.png: the browser cannot decode it/],
    ['a picture that claims 60,000 x 60,000 pixels', 'bomb.png', bomb(), /bomb\.png: it has 60000 x 60000 pixels; at most 134 million are decoded/],
  ]) {
    test(`${what}: a sentence`, async () => {
      const came = next(page, 'picture', 'failure');
      await drop(page, [{name, bytes}]);
      const {type, message} = await came;
      assert.equal(type, 'failure');
      assert.match(message, says);
    });
  }

  test('the camera: only when asked for, frames while it is on, and out again', async () => {
    await page.evaluate(() => {
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      window.streams = [];
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await real(wanted);
        window.streams.push(stream);
        return stream;
      };
    });
    assert.equal(await page.evaluate(() => window.streams.length), 0);
    const frame = next(page, 'picture', 'failure');
    await press(page, 'tab/predictions');
    await press(page, 'own/camera');
    const {type, live} = await frame;
    assert.deepEqual([type, live], ['picture', true]);
    const off = next(page, 'camera');
    await press(page, 'own/take');
    assert.equal((await off).on, false);
    assert.deepEqual(await page.evaluate(() => window.streams.map((stream) => stream.getTracks().map(({readyState}) => readyState))), [['ended']]);
  });

  test('a dropped zip with a TensorFlow.js model is imported, one with pictures is a data set', async () => {
    const files = await page.evaluate(async () => {
      await playground.build('tutorial_small');
      const {files} = await playground.export('tfjs');
      return Object.entries(files).map(([name, bytes]) => ({name, bytes: [...new Uint8Array(bytes)]}));
    });
    const model = zip(Object.fromEntries(files.map(({name, bytes}) => [name, Buffer.from(bytes)])));
    await page.evaluate(() => playground.build('tutorial'));
    const imported = next(page, 'model', 'failure');
    await drop(page, [{name: 'model.zip', bytes: model}]);
    const {type, summary} = await imported;
    assert.equal(type, 'model');
    assert.ok(summary.total < 1060138);
    const pictures = {};
    for (const name of ['ant', 'bee']) for (let i = 0; i < 6; ++i) pictures[`zoo/${name}/${i}.png`] = png(pixels(i));
    const loaded = next(page, 'dataset', 'failure');
    await drop(page, [{name: 'zoo.zip', bytes: zip(pictures)}]);
    const {class_names, message} = await loaded;
    assert.deepEqual(class_names, ['ant', 'bee'], message);
  });

  test('a dropped model replaces a trained network only when that is wanted; a script is not asked', async () => {
    const files = await page.evaluate(async () => {
      await playground.build('tutorial_small');
      return Object.entries((await playground.export('safetensors')).files).map(([name, bytes]) => ({name, bytes: [...new Uint8Array(bytes)]}));
    });
    const total = () => page.evaluate(async () => (await playground.summary()).total);
    const small = await total();
    await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 30});
      await playground.build('tutorial');
      await playground.fit({epochs: 1, batch_size: 10});
    });
    await drop(page, files);
    await page.waitForSelector('#offer', {state: 'visible'});
    assert.match(await page.textContent('#offer-text'), /^Replace the trained network\? Its weights will be lost\.$/);
    assert.equal(await page.textContent('#offer-replace'), `Open ${files[0].name}`);
    await page.click('#offer-keep');
    await page.waitForSelector('#offer', {state: 'hidden'});
    assert.equal(await total(), 1060138);
    await drop(page, files);
    await page.waitForSelector('#offer', {state: 'visible'});
    const imported = next(page, 'model', 'failure');
    await page.click('#offer-replace');
    assert.equal((await imported).type, 'model');
    assert.equal(await total(), small);
    await page.evaluate(async (files) => {
      await playground.build('tutorial');
      await playground.fit({epochs: 1, batch_size: 10});
      await playground.import(files.map(({name, bytes}) => new File([new Uint8Array(bytes)], name)));
    }, files);
    assert.equal(await total(), small);
  });

  test('no errors or warnings in the meantime', () => assert.deepEqual(complaints, []));
});

/** A PNG header alone. */
function bomb() {
  const bytes = Buffer.from(png(pixels(1)));
  bytes.writeUInt32BE(60000, 16);
  bytes.writeUInt32BE(60000, 20);
  return bytes;
}

/** A JPEG whose upper half is red and whose EXIF says: turn it by 90 degrees. */
async function turned(page) {
  const plain = Buffer.from(await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(64, 64);
    const context = canvas.getContext('2d');
    context.fillStyle = '#102030';
    context.fillRect(0, 0, 64, 64);
    context.fillStyle = '#f02020';
    context.fillRect(0, 0, 64, 32);
    return [...new Uint8Array(await (await canvas.convertToBlob({type: 'image/jpeg', quality: 1})).arrayBuffer())];
  }));
  const exif = Buffer.from('ffe1002245786966000049492a000800000001001201030001000000060000000000000000', 'hex').subarray(0, 36);
  return Buffer.concat([plain.subarray(0, 2), exif, plain.subarray(2)]);
}
