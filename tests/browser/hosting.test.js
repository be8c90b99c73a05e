import assert from 'node:assert/strict';
import {cp, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve, until} from './chromium.js';

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
    await page.waitForFunction(() => 'playground' in window);
    await page.evaluate(() => playground.ready);
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
    await page.waitForFunction(() => 'playground' in window);
    await page.evaluate(() => playground.ready);
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

describe('visitors: what is missing is told, the rest works', () => {
  let browser, site;
  before(async () => {
    browser = await launch();
    site = await serve();
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('no WebGL2: a plain page trains by its button', async () => {
    const {page, context, complaints} = await openPage(browser, site.origin, {
      prepare: (page) => page.addInitScript(() => {
        const original = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function(kind, ...rest) {
          return kind === 'webgl2' ? null : original.call(this, kind, ...rest);
        };
      }),
    });
    await page.getByText('no WebGL2').waitFor();
    await page.evaluate(() => playground.load({source: 'sample', limit: 100}));
    await page.getByLabel('epochs').fill('2');
    await page.getByRole('button', {name: 'Train'}).click();
    await page.locator('#plain-history tr').nth(2).waitFor();
    assert.equal((await page.evaluate(() => playground.status())).history.length, 2);
    assert.equal(await page.locator('#plain-model tr').count(), 9);
    assert.equal(await page.locator('#plain-matrix tr').count(), 11);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  for (const [lack, remove, sentence] of [
    ['WebAssembly', () => void delete globalThis.WebAssembly, /no WebAssembly/],
    ['workers', () => void delete globalThis.Worker, /no web workers/],
  ]) {
    test(`no ${lack}: said in a sentence instead of an endless start`, async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.addInitScript(remove);
      await page.goto(site.origin);
      await page.getByText(sentence).waitFor();
      assert.match(await page.locator('#start').innerText(), /cannot run here/);
      assert.equal(await page.locator('#start progress').isVisible(), false);
      await context.close();
    });
  }

  test('no storage: it trains, and says that nothing is kept', async () => {
    const {page, context} = await openPage(browser, site.origin, {
      prepare: (page) => page.addInitScript(() => {
        StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('closed', 'SecurityError'));
      }),
    });
    assert.equal(await train(page), 1);
    const code = await page.evaluate(() => playground.load({source: 'kept'}).catch((error) => error.code));
    assert.equal(code, 'not_found');
    await context.close();
  });

  test('the policy forbids what the page does not need', async () => {
    const {page, context} = await openPage(browser, site.origin);
    const blocked = await page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve));  // the debugger's own evaluation is exempt, what follows is not
      const script = document.createElement('script');
      script.textContent = 'window.inlineRan = true';
      document.body.append(script);
      let evalRan = true;
      try { evalRan = Boolean((0, eval)('1')); } catch { evalRan = false; }
      return {inline: Boolean(window.inlineRan), evalRan};
    });
    assert.deepEqual(blocked, {inline: false, evalRan: false});
    await context.close();
  });
});
