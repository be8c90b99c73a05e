import assert from 'node:assert/strict';
import {cp, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve, until, whenReady} from './chromium.js';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

/** Trains a little; the number of history rows. */
const train = (page) => page.evaluate(async () => {
  await playground.load({source: 'sample', limit: 50});
  await playground.build('tutorial_small');
  return (await playground.fit({epochs: 1, batch_size: 25})).length;
});

describe('hosting: any static host', () => {
  let browser, folder, plainHost;
  before(async () => {
    browser = await launch();
    folder = await mkdtemp(join(tmpdir(), 'hosting-'));
    await cp(DIST, join(folder, 'some/where'), {recursive: true});
    plainHost = await serve({root: folder, isolation: false});
  });
  after(async () => {
    await browser.close();
    plainHost.close();
    await rm(folder, {recursive: true});
  });

  test('without headers, in a sub-path: isolated after one reload, and never more than one', async () => {
    let loads = 0;
    const {page, context, complaints} = await openPage(browser, `${plainHost.origin}/some/where/`, {
      prepare: async (page) => void page.on('load', () => ++loads),
    });
    const {backend} = await page.evaluate(() => playground.status());
    assert.equal(backend.isolated, true);
    assert.equal(loads, 2);
    assert.equal(await train(page), 1);
    await page.reload();
    await whenReady(page);
    assert.equal(loads, 3);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('service workers blocked: one thread, and it trains', async () => {
    const {page, context} = await openPage(browser, `${plainHost.origin}/some/where/`, {serviceWorkers: 'block'});
    const {backend} = await page.evaluate(() => playground.status());
    assert.deepEqual([backend.isolated, backend.threads, backend.variant], [false, 1, 'simd']);
    assert.equal(await train(page), 1);
    await context.close();
  });

  test('the second visit works without network', async () => {
    const {page, context} = await openPage(browser, `${plainHost.origin}/some/where/`);
    // The files are kept when the cache has as many as the service worker was told, and the trainer's own.
    await until(page, async () => {
      const name = (await caches.keys()).find((key) => key.startsWith('page-'));
      const urls = name ? (await (await caches.open(name)).keys()).map(({url}) => url) : [];
      return urls.some((url) => url.endsWith('.wasm') && url.includes('/trainer.')) && urls.some((url) => url.endsWith('/'));
    });
    await context.setOffline(true);
    await page.reload();
    await whenReady(page);
    assert.equal(await train(page), 1);
    await context.close();
  });

  test('no request goes to another origin', async () => {
    const strangers = [];
    const {page, context} = await openPage(browser, `${plainHost.origin}/some/where/`, {
      prepare: async (page) => void page.on('request', (request) => {
        if (!/^(http:\/\/localhost|blob:|data:)/.test(request.url())) strangers.push(request.url());
      }),
    });
    await train(page);
    assert.deepEqual(strangers, []);
    await context.close();
  });
});
