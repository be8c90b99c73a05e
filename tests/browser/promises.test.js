// What the page promises, found by what is written on it and pressed: the model as a file, an evaluation, the predicted
// classes, a layer that can be added, a question before something is lost.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {after, afterEach, before, beforeEach, describe, test} from 'node:test';

import {launch, openPage, serve} from './chromium.js';
import {drawn, press, seen} from './widgets.js';

const says = (text) => ({says: text});
const state = (page, wanted) => page.waitForFunction((wanted) => playground.status().state === wanted, wanted);

describe('what the page promises', () => {
  let browser, site, page, context, complaints;
  before(async () => {
    browser = await launch();
    site = await serve();
  });
  beforeEach(async () => {
    ({page, context, complaints} = await openPage(browser, site.origin, {viewport: {width: 1280, height: 1200}}));
    await page.evaluate(() => playground.load({source: 'sample', limit: 200}));
  });
  afterEach(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  /** Scrolls the settings until this is on screen. */
  const scrollTo = async (text) => {
    await page.mouse.move(150, 500);
    for (let i = 0; i < 40 && !await page.evaluate((text) => {
      const bytes = new TextEncoder().encode(`${text}\0`);
      const at = app._malloc(16 + bytes.length);
      app.HEAPU8.set(bytes, at + 16);
      const found = app._app_text_rect(at + 16, at);
      app._free(at);
      return found;
    }, text); ++i) {
      await page.mouse.wheel(0, 100);
      const frames = await page.evaluate(() => app._app_frames());
      await page.waitForFunction((frames) => app._app_frames() > frames + 1, frames);
    }
    await seen(page, says(text));
  };

  test('the trained model as ONNX, TensorFlow.js, safetensors and checkpoint', async () => {
    await page.evaluate(() => playground.fit({epochs: 1, batch_size: 50, validate: false}));
    for (const [format, name, start] of [['ONNX', /\.onnx$/, [8]], ['TensorFlow.js', /^tfjs\.zip$/, [0x50, 0x4b]], ['safetensors', /\.safetensors$/, []],
      ['Checkpoint', /\.safetensors$/, []]]) {
      await scrollTo('Download');
      await press(page, says('Download'));
      const saved = page.waitForEvent('download');
      await press(page, says(format));
      const file = await saved;
      assert.match(file.suggestedFilename(), name);
      const bytes = await readFile(await file.path());
      assert.ok(bytes.length > 100_000, format);
      assert.deepEqual([...bytes.subarray(0, start.length)], start, format);
    }
  });

  test('the test set is evaluated at any time: before, during and after a training with a held-out share', async () => {
    await press(page, says('Matrix'));
    await press(page, says('Evaluate the test set'));
    await drawn(page, 'matrix/about', /^test pictures: loss .*accuracy /);
    await page.evaluate(() => void playground.fit({epochs: 100, batch_size: 10, validation_split: 0.1}));
    await drawn(page, 'matrix/about', /^held-out pictures after epoch /);
    await press(page, 'pause');
    await state(page, 'paused');
    await press(page, says('Evaluate the test set'));
    await drawn(page, 'matrix/about', /^test pictures /);
    await page.evaluate(() => playground.stop());
  });

  test('the array of predicted classes is that of predict, shown and saved', async () => {
    await page.evaluate(() => playground.fit({epochs: 1, batch_size: 50}));
    await press(page, says('Predictions'));
    await press(page, says('Class array'));
    const array = await drawn(page, 'classes/array', /^array\(\[\d/);
    const saved = page.waitForEvent('download');
    await press(page, says('Save as CSV'));
    const lines = (await readFile(await (await saved).path(), 'utf8')).trim().split('\n').slice(1).map((line) => line.split(','));
    const {accuracy} = await page.evaluate(() => playground.evaluate());
    assert.equal(lines.filter(([, label, predicted]) => label === predicted).length / lines.length, accuracy);
    assert.ok(array.startsWith(`array([${lines.slice(0, 3).map((line) => line[2]).join(', ')}`), array);
  });

  for (const layer of ['Conv2D', 'DepthwiseConv2D', 'Dense', 'Dropout', 'Rescaling', 'MaxPooling2D']) {
    test(`a new ${layer} works at once, with what its form shows`, async () => {
      await press(page, says('max_pooling2d'));
      await scrollTo('Add a layer');
      await press(page, says('Add a layer'));
      await press(page, says(layer));
      await page.waitForFunction(async (layer) => {
        const {rows} = await playground.summary();
        return rows.some(({class_name: name}, i) => name === layer && i > 2);
      }, layer);
      assert.equal(await drawn(page, 'model/problem', /^$/), '');
    });
  }

  test('Train with an invalid network says why not; the previous network is one press away', async () => {
    await press(page, says('flatten'));
    await press(page, 'block/remove');
    const problem = await drawn(page, 'model/problem', /./);
    await press(page, says('Train'));
    assert.equal(await drawn(page, 'question', /cannot be trained/), `The changed network cannot be trained\n${problem}`);
    assert.equal(await page.evaluate(() => playground.status().global_step ?? 0), 0);
    await press(page, says('Train the previous network'));
    await page.waitForFunction(() => playground.status().global_step > 0);
    assert.equal(await drawn(page, 'model/problem', /^$/), '');
  });

  test('a preset asks before it replaces what was learned, and undo brings it back with its weights', async () => {
    await page.evaluate(() => playground.fit({epochs: 1, batch_size: 50}));
    const accuracy = () => page.evaluate(async () => (await playground.evaluate()).loss);
    const before = await accuracy();
    await press(page, 'model/menu');
    await press(page, 'preset/convnetjs');
    await press(page, says('Keep the trained network'));
    assert.equal(await accuracy(), before);
    await press(page, 'model/menu');
    await press(page, 'preset/convnetjs');
    await drawn(page, 'question', /Replace the trained network/);
    await press(page, 'question/0');
    await page.waitForFunction(async () => (await playground.summary()).rows.length !== 8);
    assert.notEqual(await accuracy(), before);
    await page.keyboard.press('Control+Z');
    for (let i = 0; i < 200 && await accuracy() !== before; ++i) await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
    assert.equal(await accuracy(), before);
  });
});
