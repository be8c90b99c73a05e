// The workbench with mouse, finger and keyboard: what it draws agrees with the scripting interface, and every export works.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {after, afterEach, before, beforeEach, describe, test} from 'node:test';

import {launch, openPage, serve, until} from './chromium.js';
import {drawn, press, tap} from './widgets.js';

const SIZES = [{width: 1280, height: 800}, {width: 820, height: 1180}, {width: 390, height: 844}];
const IDLE_MS = 5000;

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const state = (page, wanted) => page.waitForFunction((wanted) => playground.status().state === wanted, wanted);
/** The app moves the focus in its next frame. */
const focused = (page, id) => page.waitForFunction((id) => document.activeElement?.id === id, id);

/** Presses widgets, the last of which saves a file; returns its name and content. */
async function saved(page, ...names) {
  const download = page.waitForEvent('download');
  for (const name of names) await press(page, name);
  const file = await download;
  return {name: file.suggestedFilename(), content: await readFile(await file.path())};
}

describe('workbench: with the mouse', () => {
  let browser, site, page, context, complaints;
  before(async () => {
    browser = await launch();
    site = await serve();
  });
  // Each test gets its own visitor, so that it can run alone.
  beforeEach(async () => {
    ({page, context, complaints} = await openPage(browser, site.origin, {permissions: ['clipboard-read', 'clipboard-write']}));
    await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 300});
      await playground.fit({epochs: 2, batch_size: 50, seed: 1});
    });
  });
  afterEach(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('a load of a script in the middle of the page\'s own alarms nobody', async () => {
    assert.equal(await drawn(page, 'notice', /^/), '');
  });

  test('the bar shows the same as status(), at three sizes', async () => {
    const status = await page.evaluate(() => playground.status());
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await drawn(page, 'metric/epoch', new RegExp(`^${status.epoch} / ${status.epochs}$`));
      if (size.width < 800) continue;  // a phone's bar has room for the first metrics only
      await drawn(page, 'metric/step', /^6 \/ 6$/);
      // The last step's event may still be on its way to the app.
      await drawn(page, 'metric/accuracy', new RegExp(`^${percent(status.accuracy)}$`));
      assert.ok(Math.abs(Number(await drawn(page, 'metric/loss')) - status.loss) < 0.0051);
    }
  });

  test('the matrix is evaluate()\'s: counts, shares of columns, pairs in words, and a cell shows its pictures', async () => {
    const {confusion_matrix: counts, per_class: classes, accuracy} = await page.evaluate(() => playground.evaluate());
    await press(page, 'tab/matrix');
    assert.match(await drawn(page, 'matrix/about'), new RegExp(`accuracy ${percent(accuracy)}`));
    const pairs = counts.flatMap((row, actual) => row.map((count, predicted) => ({actual, predicted, count})));
    for (const {actual, predicted, count} of pairs) assert.equal(await drawn(page, `cell/${actual}/${predicted}`), String(count));
    const worst = pairs.filter(({actual, predicted}) => actual !== predicted).reduce((a, b) => (b.count > a.count ? b : a));
    assert.equal(await drawn(page, 'confused/0'), `${classes[worst.actual].name} predicted as ${classes[worst.predicted].name}: ${worst.count}`);
    await press(page, 'matrix/shown/Per predicted class');
    const column = counts.reduce((sum, row) => sum + row[worst.predicted], 0);
    await drawn(page, `cell/${worst.actual}/${worst.predicted}`, new RegExp(`^${(worst.count / column).toFixed(2)}$`));
    await press(page, `cell/${worst.actual}/${worst.predicted}`);
    await drawn(page, 'gallery/total', new RegExp(`^${worst.count} pictures?`));
  });

  test('matrix, plots, history and norms leave the page as CSV, JSON, SVG, PNG and through the clipboard', async () => {
    await press(page, 'tab/matrix');
    assert.match((await saved(page, 'matrix/save', 'matrix/csv')).content.toString(), /^true \\ predicted,/);
    assert.match((await saved(page, 'matrix/save', 'matrix/svg')).content.toString(), /^<svg/);
    assert.equal((await saved(page, 'matrix/save', 'matrix/png')).content.toString('latin1', 1, 4), 'PNG');
    await press(page, 'matrix/save');
    await press(page, 'copy/scores');
    await until(page, async () => (await navigator.clipboard.readText()).startsWith('class,precision,recall,f1,pictures\n'));
    await press(page, 'tab/curves');
    assert.match((await saved(page, 'curves/save', 'save/loss.svg')).content.toString(), /^<svg/);
    assert.equal((await saved(page, 'curves/save', 'save/accuracy.png')).content.toString('latin1', 1, 4), 'PNG');
    const norms = (await saved(page, 'curves/save', 'save/norms.csv')).content.toString().trim().split('\n');
    assert.match(norms[0], /^epoch,conv2d weights,conv2d gradient,/);
    assert.ok(norms.length > 1 && norms[1].split(',').every((cell) => Number(cell) > 0), norms[1]);
    await press(page, 'tab/runs');
    const history = (await saved(page, 'run/save/1', 'run/csv')).content.toString().trim().split('\n');
    assert.equal(history.length, 1 + 2);
    const run = JSON.parse((await saved(page, 'run/save/1', 'run/json')).content.toString());
    assert.equal(run.fit.batch_size, 50);
    assert.equal(run.history.length, 2);
    assert.ok(run.norms.dense.gradient.length > 0);
  });

  test('Keep training adds epochs to the previous training', async () => {
    await press(page, 'train');
    await state(page, 'training');
    await page.waitForFunction(() => playground.status().step > 0);
    const {epochs, global_step: step} = await page.evaluate(() => playground.status());
    assert.equal(epochs, 4);  // the form shows the two epochs of the last training
    assert.ok(step > 12, `step ${step}`);  // twelve steps were trained before
    await press(page, 'stop');
    await state(page, 'ready');
  });

  test('runs: compared in words, laid over each other, renamed, deleted', async () => {
    await press(page, 'reset');
    await press(page, 'reset/yes');
    await page.waitForFunction(() => playground.status().history.length === 0);
    await page.evaluate(() => playground.fit({epochs: 1, batch_size: 100, seed: 1}));
    await press(page, 'tab/runs');
    assert.match(await drawn(page, 'run/differs/2'), /batch size 100/);
    await press(page, 'run/show/1');
    await press(page, 'tab/curves');
    await press(page, 'legend/Accuracy/Run 1');
    await press(page, 'tab/runs');
    await press(page, 'run/rename/1');
    await press(page, 'run/name');
    await page.keyboard.type('first try');
    await page.keyboard.press('Enter');
    await drawn(page, 'run/title/1', /first try/);
    await press(page, 'run/delete/1');
    await drawn(page, 'run/differs/2', /^$/);
    await drawn(page, 'run/epochs/2', /^1$/);
  });

  test('with the keyboard: tabs, pause, list of keys', async () => {
    await page.locator('#canvas').focus();
    await page.keyboard.press('2');
    await drawn(page, 'matrix/about');
    await page.keyboard.press('Space');
    await state(page, 'training');
    await page.keyboard.press('Space');
    await state(page, 'paused');
    const before = await page.evaluate(() => playground.status().step);
    await page.keyboard.press('s');
    // During the step, Space would pause instead of resume.
    await page.waitForFunction((before) => playground.status().step !== before && playground.status().state === 'paused', before);
    await page.keyboard.press('Space');
    await state(page, 'training');
    await press(page, 'stop');
    await state(page, 'ready');
    await page.keyboard.press('Shift+Slash');
    await press(page, 'help/text');
    await focused(page, 'plain');
    await page.keyboard.press('Escape');
    await focused(page, 'canvas');
    await page.keyboard.press('Shift+Slash');
    const opened = page.context().waitForEvent('page');
    await press(page, 'help/notices');
    assert.match(await (await opened).locator('body').innerText(), /Dear ImGui\n===/);
    await (await opened).close();
  });

  test('an idle page draws nothing for five seconds', async () => {
    await page.mouse.move(640, 795);
    await page.waitForFunction(() => {
      const frames = app._app_frames();
      const still = frames === window.framesBefore;
      window.framesBefore = frames;
      return still;
    }, null, {polling: 1500});  // a tooltip may still appear under a resting mouse
    const before = await page.evaluate(() => app._app_frames());
    await page.waitForTimeout(IDLE_MS);
    assert.equal(await page.evaluate(() => app._app_frames()), before);
  });

  test('a link restores model and settings; garbage is rejected with a message', async () => {
    await press(page, 'model/menu');
    await press(page, 'preset/tutorial_small');
    await press(page, 'question/0');  // the network was trained
    await until(page, async () => (await playground.summary()).total < 1_000_000);
    const before = await page.evaluate(async () => (await playground.summary()).text);
    await press(page, 'share');
    const hash = await page.waitForFunction(() => location.hash.length > 1 && location.hash).then((value) => value.jsonValue());
    const other = await openPage(browser, `${site.origin}/${hash}`);
    await until(other.page, async (before) => (await playground.summary()).text === before, before);
    await other.context.close();
    const broken = await openPage(browser, `${site.origin}/#v=1&fit=%7Bgarbage`);
    assert.match(await drawn(broken.page, 'notice'), /link/i);
    await broken.context.close();
  });
});

describe('workbench: with a finger, 390 x 844, two device pixels to one', () => {
  test('tabs are tapped, a field opens the keyboard, a trained network predicts at once', async () => {
    const browser = await launch();
    const site = await serve();
    try {
      const {page, complaints} = await openPage(browser, site.origin, {
        viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true, deviceScaleFactor: 2, reducedMotion: 'reduce',
      });
      await page.evaluate(() => playground.load({source: 'sample', limit: 100}));
      assert.deepEqual(await page.evaluate(() => {
        const canvas = document.querySelector('#canvas');
        return [canvas.width, canvas.height];
      }), [780, 1688]);
      await tap(page, 'own/vgg_bn');
      await drawn(page, 'notice', /JPEG/);
      await tap(page, 'tab/matrix');
      await tap(page, 'matrix/test');
      await drawn(page, 'matrix/about');
      const {accuracy} = await page.evaluate(() => playground.evaluate());
      assert.match(await drawn(page, 'matrix/about'), new RegExp(`accuracy ${percent(accuracy)}`));
      await tap(page, 'tab/training');
      await tap(page, 'epochs/value');
      await page.waitForFunction(() => document.activeElement.tagName === 'INPUT');
      await page.keyboard.type('3');
      await page.keyboard.press('Enter');
      await drawn(page, 'epochs/value', /^3$/);
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
      site.close();
    }
  });
});

describe('workbench: where a frame takes half a second', () => {
  test('menus open, and keys pressed within one frame are all taken', async () => {
    const browser = await launch();
    const site = await serve();
    try {
      const {page} = await openPage(browser, site.origin, {delay: 1000});
      await page.evaluate(() => playground.load({source: 'sample', limit: 100}));
      await press(page, 'model/menu');
      await press(page, 'preset/tutorial_small');
      await until(page, async () => (await playground.summary()).total < 1_000_000);
      await page.evaluate(() => playground.fit({epochs: 1, batch_size: 50, seed: 1}));
      await page.locator('#canvas').focus();
      for (const key of ['3', '1', '3', '1', '3', '2']) await page.keyboard.press(key);
      await drawn(page, 'matrix/about');
    } finally {
      await browser.close();
      site.close();
    }
  });
});
