// Tasks of an engineer: models in and out, times, the configuration, data of one's own.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {describe, test} from 'node:test';
import {gzipSync} from 'node:zlib';

import {readZip} from '../../../shell/site/data/zip_reader.js';
import {BATCHES, batch, pixels, png, tar, zip} from '../pictures.js';
import {servedSite} from '../served_site.js';
import {FEW, visit} from './visit.js';

const SMALL = `preset=tutorial_small&${FEW}&fit={'epochs':1,'batch_size':20}`;

describe('tasks of an engineer', () => {
  const there = servedSite();

  /** Loss and accuracy of the test set, by its button. */
  async function evaluated(person) {
    await person.press('Matrix');
    await person.press('Evaluate the test set');
    return (await person.sees(/test pictures[^:]*: loss ([\d.]+).*?accuracy ([\d.]+ %)/)).slice(1, 3);
  }

  test('27, 28: the model as ONNX, TensorFlow.js and safetensors; dropped back, each has the same test accuracy, and trains on', async () => {
    const {person, page, context} = await visit(there, 'desktop', SMALL);
    await person.press('Train');
    await person.find('Keep training');
    const before = await evaluated(person);
    const files = {};
    for (const format of ['ONNX', 'TensorFlow.js', 'safetensors']) {
      await person.scrollTo('Download');
      await person.press('Download');
      const saved = page.waitForEvent('download');
      await person.press(format);
      const file = await saved;
      files[format] = {name: file.suggestedFilename(), bytes: await readFile(await file.path())};
    }
    for (const [format, file] of Object.entries(files)) {
      await person.drops([file]);
      const open = page.getByRole('button', {name: `Open ${file.name}`});
      await open.waitFor();
      await open.click();
      await page.waitForFunction(() => playground.status().state === 'ready' && document.querySelector('#offer').hidden);
      assert.deepEqual(await evaluated(person), before, format);
      await person.looks(`27_${format}`);
    }
    await person.sees(/conv2d/);
    await person.press('Keep training').catch(() => person.press('Train'));
    await person.figure('loss', /^\d/);
    await context.close();
  });

  test('the network as a program for PyTorch or Keras: a zip with it and the weights; it trains as the form says', async () => {
    const {person, page, context} = await visit(there, 'desktop', SMALL);
    await person.press('Train');
    await person.find('Keep training');
    await person.scrollTo('batch size');
    await person.types('batch size', '17');
    for (const [format, says] of [['pytorch', 'PyTorch script'], ['keras', 'Keras script']]) {
      await person.scrollTo('Download');
      await person.press('Download');
      const saved = page.waitForEvent('download');
      await person.press(says);
      const file = await saved;
      assert.equal(file.suggestedFilename(), `${format}.zip`);
      const entries = await readZip(new Blob([await readFile(await file.path())]), 'it');
      assert.deepEqual(entries.map(({path}) => path), [`cnn_${format}.py`, `cnn_${format}.safetensors`]);
      const [program, weights] = await Promise.all(entries.map(async (entry) => Buffer.from(await (await entry.read()).arrayBuffer())));
      assert.match(program.toString(), /^BATCH_SIZE = 17$/m, format);
      assert.match(program.toString(), /^CLASSES = \["airplane", /m, format);
      assert.ok(weights.length > 50_000, format);
    }
    await context.close();
  });

  test('31: where the time goes, by layer; pictures a second, threads and kernel set', async () => {
    const {person, page, context} = await visit(there, 'desktop', SMALL);
    await person.press('Train');
    await person.press('Profile');
    const [, threads] = await person.sees(/Training time by layer.*pictures a second, with (\d+) threads?, kernel set (\w+)/);
    for (const words of [/forward/, /backward/, /share/, /conv2d_1/, /\d %/]) await person.sees(words);
    await person.looks('31');
    assert.equal(Number(threads), (await page.evaluate(() => playground.status())).backend.threads);
    await context.close();
  });

  test('32: the configuration is copied, a number changed in an editor, and pasted back', async () => {
    const {person, page, context} = await visit(there, 'desktop', SMALL);
    await person.press('Presets, copy, text');
    await person.press('Copy as Keras JSON');
    await page.waitForFunction(() => navigator.clipboard.readText().then((text) => text.startsWith('{'), () => false));
    const config = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    config.config.layers.find(({class_name: name}) => name === 'Conv2D').config.filters = 7;
    await page.evaluate((text) => navigator.clipboard.writeText(text), JSON.stringify(config, null, 2));
    await page.keyboard.press('Control+V');
    await person.sees(/16 × 16 × 7|32 × 32 × 7/);
    await person.looks('32');
    await context.close();
  });

  test('33: a zip of two folders of pictures: what was read as what, a network for two classes, their matrix', async () => {
    const {person, context} = await visit(there, 'desktop', SMALL);
    const files = {};
    for (const [name, seed] of [['apple', 2], ['pear', 9]]) for (let i = 0; i < 30; ++i) files[`fruit/${name}/${i}.png`] = png(pixels(seed + 13 * i, 40, 40), 40, 40);
    await person.press('Change');
    await person.scrollTo('Your files');
    await person.picks(() => person.press('Your files'), [{name: 'fruit.zip', bytes: zip(files)}]);
    await person.sees(/48 training pictures, 12 test pictures, 2 classes/);
    await person.sees(/apple.*pear/);
    await person.looks('33_loaded');
    await person.press('Train');
    await person.sees(/the data set has 2. Give the last layer 2 units/);
    await person.scrollTo('dense_1');
    await person.press('dense_1');
    await person.scrollTo('units', {by: 90});
    await person.types('units', '2');
    await person.press('Train');
    await person.find('Keep training');
    await person.press('Matrix');
    await person.sees(/By class.*apple.*pear/);
    await person.looks('33_matrix');
    await context.close();
  });

  test('34: cifar-10-binary.tar.gz from disk is recognized', async () => {
    const {person, context} = await visit(there, 'desktop', SMALL);
    const files = Object.fromEntries(BATCHES.map((name) => [`cifar-10-batches-bin/${name}`, batch(20)]));
    await person.press('Change');
    await person.scrollTo('Your files');
    await person.picks(() => person.press('Your files'), [{name: 'cifar-10-binary.tar.gz', bytes: gzipSync(tar(files))}]);
    await person.sees(/100 training pictures, 20 test pictures, 10 classes/);
    await person.sees(/CIFAR-10/);
    await person.looks('34');
    await context.close();
  });
});
