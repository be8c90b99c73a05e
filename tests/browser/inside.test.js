// The Inside tab: through the scripting interface and with its buttons.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve} from './chromium.js';
import {press, seen} from './widgets.js';

describe('inside', () => {
  let browser, site, page, context, complaints;
  before(async () => {
    browser = await launch();
    site = await serve();
    ({page, context, complaints} = await openPage(browser, site.origin));
    await page.evaluate(() => playground.load({source: 'sample', limit: 200}));
    await page.evaluate(() => playground.fit({epochs: 1, batch_size: 50}));
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('the walk-through\'s numbers are the layer\'s output', async () => {
    const found = await page.evaluate(async () => {
      const image = {split: 'test', index: 3};
      const {arrays: {after, before}} = await playground.inspect({layer: 'conv2d_1', image});
      const unit = await playground.inspect({what: 'unit', layer: 'conv2d_1', row: 9, column: 17, channel: 5, image});
      const place = (9 * 32 + 17) * 32 + 5;
      return {
        shape: after.shape, map: after.data[place], before: before.data[place], unit: {...unit, arrays: undefined},
        products: unit.arrays.products.data.reduce((sum, x) => sum + x, 0),
      };
    });
    assert.deepEqual(found.shape, [32, 32, 32]);
    assert.equal(found.unit.output, found.map);
    const size = 1e-5 * (1 + Math.abs(found.before));
    assert.ok(Math.abs(found.unit.after - found.map) <= size, JSON.stringify(found));
    assert.ok(Math.abs(found.unit.before - found.before) <= size);
    assert.ok(Math.abs(found.products + found.unit.bias - found.unit.before) <= size);
    assert.deepEqual(found.unit.receptive_field, {top: 7, left: 15, height: 5, width: 5});
  });

  test('playground.inspect: filters, heat maps, top pictures, histograms, PCA, one\'s own pixels', async () => {
    const shapes = await page.evaluate(async () => {
      const image = {split: 'test', index: 0};
      const questions = [
        {what: 'filters', layer: 'conv2d'}, {what: 'grad_cam', image, class: 3}, {what: 'saliency', image},
        {what: 'occlusion', image, stride: 8}, {what: 'top', layer: 'conv2d_1', channel: 0, count: 4},
        {what: 'pca', count: 30}, {layer: 'dense', image: new Uint8Array(3072).fill(90)},
      ];
      const shapes = {};
      for (const question of questions) {
        const {what, arrays} = await playground.inspect(question);
        for (const [name, {shape, data}] of Object.entries(arrays)) {
          if (data.length === shape.reduce((a, b) => a * b, 1)) shapes[`${what} ${name}`] = shape.join(' ');
        }
      }
      shapes.samples = (await playground.inspect({what: 'histograms'})).samples.length;
      return shapes;
    });
    assert.deepEqual(shapes, {
      'filters filters': '3 3 3 32', 'grad_cam map': '16 16', 'saliency map': '32 32', 'saliency gradient': '32 32 3',
      'occlusion map': '4 4', 'top pictures': '4 32 32 3', 'pca points': '30 2', 'pca pictures': '30 32 32 3',
      'maps after': '128', 'maps before': '128', samples: 2,
    });
    const wrong = await page.evaluate(() => playground.inspect({layer: 'nothing', image: {split: 'test', index: 0}}).catch(({code, message}) => ({code, message})));
    assert.deepEqual(wrong, {code: 'bad_argument', message: 'inspect: the model has no layer "nothing".'});
  });

  test('the tab: maps, a unit, filters, heat, numbers and the scatter, by pressing', async () => {
    await press(page, 'tab/inside');
    await press(page, 'inside/layer/conv2d_1');
    await press(page, 'inside/map/2');
    await press(page, 'inside/large');
    await seen(page, 'inside/unit');
    await press(page, 'inside/view/Filters');
    await seen(page, 'inside/filter/0');
    await press(page, 'inside/view/Evidence');
    await press(page, 'inside/method/Saliency');
    await seen(page, 'inside/heat');
    await press(page, 'inside/view/Numbers');
    await seen(page, 'plot/inside/dead');
    await press(page, 'inside/view/Scatter');
    await press(page, 'inside/embed');
    await seen(page, 'inside/scatter');
  });

  test('at rest nothing is drawn or asked', async () => {
    const frames = await page.evaluate(async () => {
      const start = app._app_frames();
      for (let still = 0, before = start, end = performance.now() + 20_000; performance.now() < end;) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const now = app._app_frames();
        still = now === before ? still + 1 : 0;
        before = now;
        if (still >= 20) return {still: true};  // longer than the half second between two requests of the tab
      }
      return {start, end: app._app_frames()};
    });
    assert.equal(frames.still, true, JSON.stringify(frames));
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
