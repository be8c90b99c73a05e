import assert from 'node:assert/strict';
import {cp, mkdtemp, readFile, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve, until, whenReady} from './chromium.js';
import {train} from './served_site.js';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

/** Waits until this version works offline: the page's files and this browser's trainer are cached. */
const keptForOffline = (page) => until(page, async () => {
  const name = (await caches.keys()).find((key) => key.startsWith('page-') && document.querySelector('script[src]').src.includes(key.slice(5)));
  const urls = name ? (await (await caches.open(name)).keys()).map(({url}) => url) : [];
  return urls.some((url) => url.endsWith('.wasm') && url.includes('/trainer.')) && urls.some((url) => url.endsWith('/'));
});

/** Replaces a built site by another version, as copying a newer dist/ does: another folder, another service worker. */
async function replaceByVersion(folder, version) {
  const old = (await readdir(folder)).find((name) => /^[0-9a-f]{12}$/.test(name));
  await rename(join(folder, old), join(folder, version));
  for (const name of ['index.html', 'service_worker.js', 'manifest.webmanifest', `${version}/build_info.js`]) {
    const text = await readFile(join(folder, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll(old, version));
  }
}

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

  for (const isolation of [true, false]) test(`the second visit works without network, ${isolation ? 'with' : 'without'} headers`, async () => {
    const host = await serve({root: folder, isolation});
    const {page, context} = await openPage(browser, `${host.origin}/some/where/`);
    await keptForOffline(page);
    await context.setOffline(true);
    await page.reload();
    await whenReady(page);
    assert.equal(await train(page), 1);
    await context.close();
    host.close();
  });

  test('installable: the manifest has what a browser asks of one', async () => {
    const {page, context} = await openPage(browser, `${plainHost.origin}/some/where/`);
    const session = await context.newCDPSession(page);
    const {installabilityErrors} = await session.send('Page.getInstallabilityErrors');
    // A separate context counts as a private window, from which a page cannot be installed.
    assert.deepEqual(installabilityErrors.map(({errorId}) => errorId).filter((id) => id !== 'in-incognito'), []);
    await context.close();
  });

  test('a new version replaces the old one at the next visit, and is then the one that works without network', async () => {
    const place = join(folder, 'replaced');
    await cp(DIST, place, {recursive: true});
    const {page, context, complaints} = await openPage(browser, `${plainHost.origin}/replaced/`);
    const version = (page) => page.evaluate(() => document.querySelector('script[src]').src.match(/[0-9a-f]{12}/)[0]);
    await keptForOffline(page);
    for (const newest of ['aaaaaaaaaaaa', 'bbbbbbbbbbbb']) {
      await replaceByVersion(place, newest);
      assert.equal(await train(page), 1, 'the open page is not disturbed');
      await page.reload();
      await whenReady(page);
      assert.equal(await version(page), newest);
      await keptForOffline(page);
      assert.deepEqual(complaints, []);
    }
    await context.setOffline(true);
    await page.reload();
    await whenReady(page);
    assert.equal(await version(page), 'bbbbbbbbbbbb');
    assert.equal(await train(page), 1);

    const other = await context.newPage();
    await page.close();
    await context.setOffline(false);
    await other.goto(`${plainHost.origin}/replaced/`);
    await whenReady(other);
    await until(other, async () => (await caches.keys()).length === 2);  // this version and the one before it
    await context.setOffline(true);
    await other.reload();
    await whenReady(other);
    assert.equal(await version(other), 'bbbbbbbbbbbb');
    await context.close();
  });

  test('in an iframe of another site, with a configuration in the hash: it is set up, and trains', async () => {
    const other = await serve({root: folder, isolation: false});
    const link = "#v=1&data=sample&preset=tutorial_small&fit={'epochs':2,'batch_size':25}";
    await writeFile(join(folder, 'embedding.html'), '<!doctype html><title>A course</title>' +
        `<iframe title="CNN playground" width="1000" height="700" src="${plainHost.origin}/some/where/${link}"></iframe>`);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${other.origin.replace('localhost', '127.0.0.1')}/embedding.html`);
    const frame = await (await page.locator('iframe').elementHandle()).contentFrame();
    const patient = {evaluate: (...what) => frame.evaluate(...what).catch(() => false)};  // it reloads once, for isolation
    await until(patient, async () => {
      if (!('playground' in window)) return false;
      await playground.ready;
      let name;
      trainer.observe(({type, args}) => void (type === 'model' && (name = args.name)))();
      return name === 'tutorial_small';
    });
    assert.equal(await train(frame), 1);
    assert.equal((await frame.evaluate(() => playground.status())).backend.threads, 1);
    await context.close();
    other.close();
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
