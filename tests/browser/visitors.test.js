// What a visitor's browser may lack, or do to the page: a sentence names each missing feature, and the rest works.
import assert from 'node:assert/strict';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, test} from 'node:test';

import {launch, launchWithProfile, openPage, processes, serve, until, whenReady} from './chromium.js';
import {servedSite, train} from './served_site.js';

/** Trains while the test continues; `epochs` counts epoch events. */
const keepTraining = (page) => page.evaluate(async () => {
  await playground.load({source: 'sample', limit: 100});
  await playground.build('tutorial_small');
  window.epochs = 0;
  playground.addEventListener('epoch', () => ++window.epochs);
  playground.fit({epochs: 100_000, batch_size: 20}).catch(() => {});
  await new Promise((resolve) => playground.addEventListener('epoch', resolve, {once: true}));
});

describe('visitors: missing features are reported, the rest works', () => {
  const there = servedSite();

  test('no WebGL2: the text version trains by its button', async () => {
    const {page, context, complaints} = await there.open({
      prepare: (page) => page.addInitScript(() => {
        const original = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function(kind, ...rest) {
          return kind === 'webgl2' ? null : original.call(this, kind, ...rest);
        };
      }),
    });
    await page.getByText('no WebGL2').waitFor();
    await page.evaluate(() => playground.load({source: 'sample', limit: 100}));
    await page.getByLabel('Epochs', {exact: true}).fill('2');
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
    test(`no ${lack}: an error message instead of an endless start`, async () => {
      const context = await there.browser.newContext();
      const page = await context.newPage();
      await page.addInitScript(remove);
      await page.goto(there.site.origin);
      await page.getByText(sentence).waitFor();
      assert.match(await page.locator('#start').innerText(), /cannot run here/);
      assert.equal(await page.locator('#start progress').isVisible(), false);
      await context.close();
    });
  }

  test('site data blocked by a setting: one thread or more, and a message that nothing is stored', async () => {
    const profile = await mkdtemp(join(tmpdir(), 'profile-'));
    await mkdir(join(profile, 'Default'));
    const blocked = {profile: {default_content_setting_values: {cookies: 2}}};
    await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(blocked));
    const context = await launchWithProfile(profile);
    const page = await context.newPage();
    await page.goto(there.site.origin);
    await whenReady(page);
    assert.equal(await page.evaluate(() => navigator.storage.getDirectory().then(() => 'open', ({name}) => name)), 'SecurityError');
    await until(page, async () => /does not let this page store data/.test(document.querySelector('#plain-message').textContent));
    assert.equal(await train(page), 1);
    assert.equal(await page.evaluate(() => playground.load({source: 'kept'}).catch(({code}) => code)), 'not_found');
    await context.close();
    await rm(profile, {recursive: true, force: true});
  });

  test('one processor: isolated as well, it starts and trains with one thread', async () => {
    const {page, context, complaints} = await there.open({
      prepare: (page) => page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', {get: () => 1})),
    });
    const {backend} = await page.evaluate(() => playground.status());
    assert.deepEqual([backend.isolated, backend.threads], [true, 1]);
    assert.equal(await train(page), 1);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('frozen in the background and thawed: training continues, every epoch arrives', async () => {
    const {page, context, complaints} = await there.open();
    await keepTraining(page);
    const session = await context.newCDPSession(page);
    for (const state of ['frozen', 'active', 'frozen', 'active']) await session.send('Page.setWebLifecycleState', {state});
    const before = await page.evaluate(() => window.epochs);
    await until(page, async (before) => window.epochs > before, before);
    const {rows, epochs} = await page.evaluate(async () => {
      await playground.stop();
      return {rows: playground.status().history.map(({epoch}) => epoch), epochs: window.epochs};
    });
    assert.deepEqual(rows, rows.map((_, i) => i + 1));
    assert.equal(rows.length, epochs);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('the policy forbids what the page does not need', async () => {
    const {page, context} = await there.open();
    const blocked = await page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve));  // the debugger's own evaluation is exempt from the policy; later code is not
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

  test('the machine slept: every process stops, and continues where it was', async () => {
    const {page, context, complaints} = await there.open();
    await keepTraining(page);
    const pids = await processes(there.browser);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1500));  // the test needs a real gap in time
    for (const pid of [...pids].reverse()) process.kill(pid, 'SIGCONT');
    const before = await page.evaluate(() => window.epochs);
    await until(page, async (before) => window.epochs > before + 1, before);
    const {state, images_per_second: speed, backend} = await page.evaluate(() => playground.status());
    assert.match(state, /^(training|validating)$/);
    assert.ok(speed > 0, `${speed}`);
    assert.match(backend.variant, /threads$/);
    assert.deepEqual(complaints, []);
    await context.close();
  });
});

describe('visitors: a browser of another make', () => {
  /** Runs a function in a page of a browser with other V8 flags. */
  async function withFlags(flags, work) {
    const browser = await launch({args: [`--js-flags=${flags}`]});
    const site = await serve();
    try {
      await work(await openPage(browser, site.origin));
    } finally {
      await browser.close();
      site.close();
    }
  }

  test('no WebAssembly SIMD: a message; it trains, slower, and the workbench draws', () => withFlags('--no-enable-sse4-1', async ({page, complaints}) => {
    assert.match(await page.locator('#lacks').innerText(), /no WebAssembly SIMD.*several times slower/);
    const {backend} = await page.evaluate(() => playground.status());
    assert.deepEqual([backend.variant, backend.simd, backend.threads], ['scalar', false, 1]);
    assert.equal(await train(page), 1);
    assert.equal(await page.evaluate(() => app._app_frames() > 0), true);
    assert.deepEqual(complaints, []);
  }));

  // 75 MB for the trainer. An allocation that can be checked first fails with an error; one that cannot, such as the checkpoint
  // here, ends the worker, and a new one starts.
  test('memory refused: a message that says what needs less, and the page continues', () => withFlags('--wasm-max-mem-pages=1200', async ({page}) => {
    const seen = await page.evaluate(async () => {
      const outcome = (promise) => promise.then(() => 'done', ({code, message}) => ({code, message}));
      const told = new Promise((resolve) => trainer.observe(({type, args}) => type === 'failure' && args.code === 'out_of_memory' && resolve(args.message)));
      await playground.load({source: 'sample', limit: 300});
      await playground.build('tutorial');
      const data = await outcome(playground.load({source: 'sample', limit: 30_000}));
      const batch = await outcome(playground.fit({epochs: 1, batch_size: 300}));
      const same = (await trainer.request('dataset')).args.train.count;
      const fit = await outcome(playground.fit({epochs: 1, batch_size: 10}));
      const message = await told;
      const again = (await trainer.request('dataset')).args.train.count;
      await playground.build('tutorial_small');
      return {data, batch, same, fit, message, again, rows: (await playground.fit({epochs: 1, batch_size: 10})).length};
    });
    assert.equal(seen.data.code, 'out_of_memory');
    assert.match(seen.data.message, /no memory for 30000 pictures \(92 MB\); load fewer/);
    assert.equal(seen.batch.code, 'out_of_memory');
    assert.match(seen.batch.message, /no memory for a batch of 300.*use a smaller batch/);
    assert.equal(seen.fit.code, 'out_of_memory');
    assert.match(seen.message, /no more memory.*smaller batch, model or data set/);
    assert.deepEqual([seen.same, seen.again, seen.rows], [300, 300, 1]);
  }));
});
