import assert from 'node:assert/strict';
import {inflateSync} from 'node:zlib';
import {after, afterEach, before, beforeEach, describe, test} from 'node:test';

import {launch, openPage, serve} from './chromium.js';
import {press} from './widgets.js';

/** Colors of a PNG screenshot (8 bit, RGB or RGBA), counted coarsely. */
function colors(png) {
  let at = 8;
  const idat = [];
  let width = 0, channels = 0;
  while (at < png.length) {
    const size = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IHDR') [width, channels] = [png.readUInt32BE(at + 8), png[at + 17] === 6 ? 4 : 3];
    if (type === 'IDAT') idat.push(png.subarray(at + 8, at + 8 + size));
    at += size + 12;
  }
  // Rows stay PNG-filtered: that is enough to tell a picture from an empty area, where nearly all bytes are equal.
  const bytes = inflateSync(Buffer.concat(idat));
  const seen = new Set();
  for (let i = 1; i + 2 < bytes.length; i += channels) if ((i % (width * channels + 1)) !== 0) seen.add((bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2]);
  return seen.size;
}

const state = (page, wanted) => page.waitForFunction((wanted) => playground.status().state === wanted, wanted);

describe('app: the real buttons in the canvas', () => {
  let browser, site, page, context, complaints;
  before(async () => {
    browser = await launch();
    site = await serve();
  });
  // Each test gets its own visitor, so that it can run alone.
  beforeEach(async () => {
    ({page, context, complaints} = await openPage(browser, site.origin, {painted: true}));
    await page.evaluate(() => playground.load({source: 'sample', limit: 300}));
  });
  afterEach(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('Train trains: state, steps and the curves follow', async () => {
    await press(page, 'train');
    await state(page, 'training');
    await page.waitForFunction(() => playground.status().step > 3);
    const status = await page.evaluate(() => playground.status());
    assert.equal(status.steps_per_epoch, 30);
    assert.ok(status.loss > 0);
    assert.ok(status.images_per_second > 0);
  });

  test('Pause stops the steps, Step trains one step, Resume continues, Stop ends it', async () => {
    await press(page, 'train');
    await state(page, 'training');
    await press(page, 'pause');
    await state(page, 'paused');
    const before = await page.evaluate(() => playground.status().global_step);
    await press(page, 'step');
    await page.waitForFunction((before) => playground.status().global_step === before + 1, before);
    await state(page, 'paused');
    await press(page, 'resume');
    await state(page, 'training');
    await press(page, 'stop');
    await state(page, 'ready');
  });

  test('the tabs show something: curves, matrix, predictions', async () => {
    await page.evaluate(() => playground.fit({epochs: 1, batch_size: 50}));
    for (const tab of ['tab/matrix', 'tab/predictions', 'tab/curves']) {
      await press(page, tab);
      await page.mouse.move(5, 790);
      const count = colors(await page.screenshot());
      assert.ok(count > 200, `${tab}: ${count} colors`);
    }
  });

  test('an idle page draws nothing', async () => {
    await page.mouse.move(640, 795);
    // Wait for one second without a frame: tooltips and fades may take that long.
    const frames = await page.evaluate(async () => {
      let last = -1;
      for (let i = 0; i < 50; ++i) {
        const now = app._app_frames();
        if (now === last) return {still: true, now};
        last = now;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      return {still: false, last};
    });
    assert.equal(frames.still, true, JSON.stringify(frames));
  });

  test('a dropped folder of pictures becomes the data set', async () => {
    const label = await page.evaluate(async () => {
      const picture = async (shade) => {
        const canvas = new OffscreenCanvas(40, 40);
        const context = canvas.getContext('2d');
        context.fillStyle = `rgb(${shade} 80 120)`;
        context.fillRect(0, 0, 40, 40);
        return canvas.convertToBlob();
      };
      const files = [];
      for (const name of ['ants', 'bees', 'wasps']) {
        for (let i = 0; i < 10; ++i) files.push({path: `insects/${name}/${i}.png`, file: new File([await picture(i * 20)], `${i}.png`)});
      }
      const dataset = await playground.load({source: files});
      return {names: dataset.class_names, train: dataset.train.count, test: dataset.test.count};
    });
    assert.deepEqual(label, {names: ['ants', 'bees', 'wasps'], train: 24, test: 6});
  });
});

describe('app: a phone', () => {
  test('390 x 844 with touch: Train can be tapped', async () => {
    const browser = await launch();
    const site = await serve();
    try {
      const {page} = await openPage(browser, site.origin, {painted: true, viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true, deviceScaleFactor: 2});
      await page.evaluate(() => playground.load({source: 'sample', limit: 200}));
      await press(page, 'train');
      await state(page, 'training');
      assert.ok(colors(await page.screenshot()) > 200);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    } finally {
      await browser.close();
      site.close();
    }
  });
});
