// Models are exported and imported in Chromium: every format gives the same answers, and a broken file changes nothing.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {launch, openPage, serve} from './chromium.js';

/** @type {Awaited<ReturnType<typeof launch>>} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;

before(async () => {
  site = await serve();
  browser = await launch({gl: false});
});
after(async () => {
  await browser?.close();
  site?.close();
});

/** 20 pictures, the same on every call. */
const PICTURES = Array.from({length: 20 * 3072}, (_, i) => Math.floor(128 + 100 * Math.sin(i * 0.013 + Math.floor(i / 3072)) + (i * 7919) % 23));

test('models: every format is read back with the same predictions, and a broken file changes nothing', async () => {
  const {page, context, complaints} = await openPage(browser, `${site.origin}/#plain`);
  const result = await page.evaluate(async (numbers) => {
    const {playground} = /** @type {any} */ (window);
    const pictures = Uint8Array.from(numbers);
    const answers = async () => [...await playground.predict(pictures)];
    await playground.load({source: 'sample', limit: 200});
    await playground.build('tutorial_small');
    await playground.fit({epochs: 1, batch_size: 50, validate: false});
    const before = await answers();
    const {safetensors, ...others} = Object.fromEntries(await Promise.all(
        ['safetensors', 'tfjs', 'onnx'].map(async (format) => [format, (await playground.export(format)).files])));
    const formats = {safetensors, ...others};
    /** @type {any} */
    const seen = {before, names: {}, back: {}, broken: {}};
    for (const [format, files] of Object.entries(formats)) {
      seen.names[format] = Object.keys(files);
      await playground.build('convnetjs');
      const {classes} = await playground.import(files);
      seen.back[format] = {classes, answers: await answers()};
      const cut = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, /** @type {any} */ (bytes).slice(0, -7)]));
      seen.broken[format] = await playground.import(cut).then(() => null, (/** @type {any} */ error) => ({code: error.code, message: error.message}));
      seen.broken[format].answers = await answers();
    }
    for (const format of ['pytorch', 'keras']) {
      const {files} = await playground.export(format, {fit: {epochs: 7}});
      seen.names[format] = Object.keys(files);
      seen.programs = (seen.programs ?? '') + new TextDecoder().decode(files[`cnn_${format}.py`]);
    }
    seen.unknown = await playground.export('caffe').catch((/** @type {any} */ error) => error.code);
    return seen;
  }, PICTURES);
  assert.deepEqual(result.names, {safetensors: ['model.safetensors'], tfjs: ['model.json', 'group1-shard1of1.bin'], onnx: ['model.onnx'],
    pytorch: ['cnn_pytorch.py', 'cnn_pytorch.safetensors'], keras: ['cnn_keras.py', 'cnn_keras.safetensors']});
  assert.equal(result.programs.match(/^EPOCHS = 7$/gm).length, 2);
  for (const format of ['safetensors', 'tfjs', 'onnx']) {
    assert.equal(result.back[format].classes, 10, format);
    assert.deepEqual(result.back[format].answers, result.before, format);
    assert.equal(result.broken[format].code, 'bad_model_file', format);
    assert.ok(result.broken[format].message.length > 20, format);
    assert.deepEqual(result.broken[format].answers, result.before, `${format}: the model in use is unharmed`);
  }
  assert.equal(result.unknown, 'bad_argument');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('models: the one beside the page is fetched, imported and predicts', async () => {
  const {page, context, complaints} = await openPage(browser, `${site.origin}/#plain`);
  const {model, sums} = await page.evaluate(async (numbers) => {
    const {playground} = /** @type {any} */ (window);
    const response = await fetch('models/vgg_bn.safetensors');
    const model = await playground.import({'vgg_bn.safetensors': await response.arrayBuffer()});
    const answers = await playground.predict(Uint8Array.from(numbers));
    const sums = Array.from({length: answers.length / 10}, (_, i) => answers.slice(10 * i, 10 * i + 10).reduce((a, b) => a + b));
    return {model, sums};
  }, PICTURES);
  assert.equal(model.name, 'vgg_bn');
  assert.ok(model.history.at(-1).val_accuracy > 0.8);
  assert.equal(sums.length, 20);
  for (const sum of sums) assert.ok(Math.abs(sum - 1) < 1e-4);
  assert.deepEqual(complaints, []);
  await context.close();
});
