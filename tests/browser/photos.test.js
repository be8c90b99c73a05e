// Large photos, dropped as a folder: memory that does not grow with their number, progress, cancel.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve} from './chromium.js';
import {dropPaths, largestSizes, listen, makePhotos} from './photos.js';
import {drawn, press} from './widgets.js';

const PHOTOS = 40, MEGAPIXELS = 12;
const MOST_BYTES = 700e6;  // of one process; all photos decoded would be 1.9 GB

describe('photos of 12 megapixels', () => {
  let browser, site, photos, page, complaints;
  before(async () => {
    photos = await makePhotos(PHOTOS, MEGAPIXELS);
    browser = await launch();
    site = await serve();
    ({page, complaints} = await openPage(browser, site.origin));
    await page.evaluate(() => playground.load({source: 'sample', limit: 30}));
  });
  after(async () => {
    await browser?.close();
    site?.close();
    photos?.remove();
  });

  test('the load reports progress and remaining time; canceled, it says so, and the previous data stays', async () => {
    await page.evaluate(listen);
    await dropPaths(page, [photos.folder]);
    assert.match(await drawn(page, 'load/progress', /left/), /^[\d.]+ MB of [\d.]+ MB, [\d.]+ MB\/s, .* left$/);
    await press(page, 'load/cancel');
    await drawn(page, 'notice', /^Loading was canceled\. In use: Sample pictures/);
    const {datasets, failures} = await page.evaluate(() => told);
    assert.deepEqual([datasets, failures], [[], []]);
    assert.equal(await page.evaluate(async () => (await trainer.request('dataset')).args.train.count), 30);
  });

  test('loaded whole, no process was ever as large as a part of the decoded photos', async (t) => {
    await page.evaluate(listen);
    await dropPaths(page, [photos.folder]);
    await page.waitForFunction(() => told.datasets.length + told.failures.length > 0);
    const {datasets: [dataset], failures} = await page.evaluate(() => told);
    assert.deepEqual(failures, []);
    assert.deepEqual([dataset.class_names, dataset.train.count, dataset.test.count], [['cat', 'dog'], PHOTOS * 4 / 5, PHOTOS / 5]);
    const sizes = await largestSizes(browser);
    t.diagnostic(sizes.map(({type, bytes}) => `${type} ${Math.round(bytes / 1e6)} MB`).join(', '));
    assert.ok(sizes.length > 2 && sizes.every(({bytes}) => bytes > 0 && bytes < MOST_BYTES), JSON.stringify(sizes));
    assert.deepEqual(complaints, []);
  });
});
