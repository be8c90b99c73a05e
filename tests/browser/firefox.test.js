// The page in Firefox: with WebGL2 on a virtual display, and headless without it.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {serve, until} from './chromium.js';
import {launchFirefox, missing, playgroundOf} from './firefox.js';
import {pixels, png} from './pictures.js';
import {press} from './widgets.js';

const state = (page, wanted) => until(page, async (wanted) => playground.status().state === wanted, wanted);

describe('firefox: with WebGL2', {skip: missing()}, () => {
  let firefox, site, page, complaints;
  before(async () => {
    firefox = await launchFirefox();
    site = await serve();
    ({page, complaints} = await firefox.openPage(site.origin));
  });
  after(async () => {
    await firefox?.close();
    site?.close();
  });

  test('isolated by the host: a trainer with threads, and the drawn workbench', async () => {
    const {backend} = await page.evaluate(() => playground.status());
    assert.equal(backend.isolated, true);
    assert.match(backend.variant, /threads$/);
    assert.equal(backend.threads, await page.evaluate(() => Math.min(16, navigator.hardwareConcurrency)));
    assert.equal(await page.evaluate(() => document.querySelector('#canvas').hidden), false);
    assert.equal(await page.evaluate(() => document.querySelector('#lacks').textContent), '');
  });

  test('an epoch on the sample pictures', async () => {
    const {dataset, history} = await page.evaluate(async () => {
      const dataset = await playground.load({source: 'sample', limit: 300});
      await playground.build('tutorial_small');
      return {dataset, history: await playground.fit({epochs: 1, batch_size: 25, seed: 1})};
    });
    assert.equal(dataset.synthetic, true);
    assert.equal(history.length, 1);
    assert.ok(history[0].loss > 0 && history[0].val_loss > 0);
  });

  test('the real buttons in the canvas: Train, Pause, Step, Resume, Stop', async () => {
    // The form shows the last training's options: one that lasts.
    await page.evaluate(async () => {
      const run = playground.fit({epochs: 100_000, batch_size: 25, paused: true});
      await playground.stop();
      await run;
    });
    await press(page, 'train');
    await state(page, 'training');
    await press(page, 'pause');
    await state(page, 'paused');
    const before = await page.evaluate(() => playground.status().global_step);
    await press(page, 'step');
    await until(page, async (before) => playground.status().global_step === before + 1, before);
    await press(page, 'resume');
    await state(page, 'training');
    await press(page, 'stop');
    await state(page, 'ready');
  });

  test('in a background tab: no frame is drawn, and training continues', async () => {
    await page.evaluate(() => void playground.fit({epochs: 100_000, batch_size: 50}).catch(() => {}));
    const other = await page.browserContext().newPage();
    await other.bringToFront();
    await until(page, async () => document.visibilityState === 'hidden');
    const before = await page.evaluate(() => ({epochs: playground.status().history.length, frames: app._app_frames()}));
    await until(page, async (before) => playground.status().history.length > before.epochs + 5, before);
    const frames = await page.evaluate(() => app._app_frames()) - before.frames;
    assert.ok(frames <= 1, `${frames} frames in five epochs; only one may have been asked for before`);
    await page.bringToFront();
    await until(page, async (before) => app._app_frames() > before.frames, before);
    await page.evaluate(() => playground.stop());
    await other.close();
  });

  test('a training is offered at the next visit, and continues', async () => {
    await page.evaluate(async () => {
      await playground.build('tutorial_small');
      await playground.fit({epochs: 2, batch_size: 50});
      await keptTraining.written();
    });
    await page.reload();
    await playgroundOf(page);
    await until(page, async () => !document.querySelector('#offer').hidden);
    const {history} = await page.evaluate(() => keptTraining.restore());
    assert.deepEqual(history.map(({epoch}) => epoch), [1, 2]);
  });

  test('no errors or warnings in the meantime', () => assert.deepEqual(complaints, []));

  test('a host without headers: the service worker isolates the page, and threads train', async () => {
    const plainHost = await serve({isolation: false});
    const {page, context} = await firefox.openPage(plainHost.origin);
    const seen = await page.evaluate(async () => {
      const {backend} = playground.status();
      await playground.load({source: 'sample', limit: 50});
      await playground.build('tutorial_small');
      return {isolated: backend.isolated, variant: backend.variant, rows: (await playground.fit({epochs: 1, batch_size: 25})).length};
    });
    assert.equal(seen.isolated, true);
    assert.match(seen.variant, /threads$/);
    assert.equal(seen.rows, 1);
    await context.close();
    plainHost.close();
  });
});

describe('firefox: a private window without WebGL2, without isolation', {skip: missing()}, () => {
  let firefox, site;
  before(async () => {
    firefox = await launchFirefox({webgl: false, prefs: {'dom.serviceWorkers.enabled': false, 'browser.privatebrowsing.autostart': true}});
    site = await serve({isolation: false});
  });
  after(async () => {
    await firefox?.close();
    site?.close();
  });

  test('every limitation is reported; the text version trains with one thread, by its button', async () => {
    const {page} = await firefox.openPage(site.origin);
    const {backend} = await page.evaluate(() => playground.status());
    assert.deepEqual([backend.isolated, backend.threads, backend.variant], [false, 1, 'simd']);
    assert.match(await page.evaluate(() => document.querySelector('#lacks').textContent), /no WebGL2/);
    await until(page, async () => /does not let this page store data/.test(document.querySelector('#plain-message').textContent));
    await page.evaluate(() => playground.load({source: 'sample', limit: 100}));
    await page.evaluate(() => void (document.querySelector('#plain-epochs').value = 2));
    await page.click('#plain-train');
    await until(page, async () => playground.status().history.length === 2 && playground.status().state === 'ready');
    assert.equal(await page.evaluate(() => document.querySelectorAll('#plain-history tr').length), 3);
    assert.equal(await page.evaluate(() => document.querySelectorAll('#plain-matrix tr').length), 11);
  });
});

describe('firefox: a browser that adds noise to pixels read from a canvas', {skip: missing()}, () => {
  let firefox, site;
  before(async () => {
    firefox = await launchFirefox({webgl: false, prefs: {'privacy.resistFingerprinting': true}});
    site = await serve();
  });
  after(async () => {
    await firefox?.close();
    site?.close();
  });

  test('pictures keep their pixels, or an error message says that they do not', async () => {
    const {page} = await firefox.openPage(site.origin);
    const files = ['ant', 'bee'].flatMap((name, k) => [0, 1].map((i) => ({path: `zoo/${name}/${i}.png`, bytes: [...png(pixels(2 * k + i))]})));
    const got = await page.evaluate(async (files) => {
      try {
        await playground.load({source: files.map(({path, bytes}) => ({path, file: new File([new Uint8Array(bytes)], path)}))});
        return {pixels: [...new Uint8Array((await trainer.request('pictures', {split: 'train', offset: 0, count: 4})).payloads[0])]};
      } catch ({code, message}) {
        return {code, message};
      }
    }, files);
    if (got.code) assert.match(`${got.code}: ${got.message}`, /^unsupported: This browser changes the pixels of pictures.*resistFingerprinting/);
    else assert.deepEqual(got.pixels, [0, 1, 2, 3].flatMap((i) => [...pixels(i)]));
  });
});
