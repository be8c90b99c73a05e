// The app crashes: an error is shown, it restarts, and the trainer is unaffected.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {until} from './chromium.js';
import {servedSite} from './served_site.js';
import {press} from './widgets.js';

/** Runs in the page: a training that lasts. `told` collects failures. */
const TRAIN = async () => {
  window.told = [];
  let replayed = true;
  trainer.observe(({type, args}) => type === 'failure' && !replayed && told.push(args));
  replayed = false;
  await playground.load({source: 'sample', limit: 100});
  await playground.build('tutorial_small');
  window.ended = false;
  playground.fit({epochs: 100_000, batch_size: 20}).catch(() => {}).then(() => { window.ended = true; });
  await new Promise((resolve) => playground.addEventListener('epoch', resolve, {once: true}));
};
/** What must stay as it is, whatever the app does. */
const constant = (page) => page.evaluate(async () => {
  const {state, backend, epochs} = playground.status();
  return {state: state === 'validating' ? 'training' : state, backend, epochs, ended, data: (await trainer.request('dataset')).args.label};
});
const epochs = (page) => page.evaluate(() => playground.status().history.map(({epoch}) => epoch));
/** Once another instance of the app than `failed` has drawn. */
const drawsAgain = (page) => until(page, async () => app !== undefined && app !== failed && app._app_frames() > 3);

describe('the app fails', () => {
  const there = servedSite();

  for (const [what, fail] of [
    // Both are errors that nobody catches, as in a frame or in an input handler.
    ['at a message beyond its memory', (page) => page.evaluate(() => void setTimeout(() => app._app_receive(-1, 9, 0, 0)))],
    ['in the next frame, its memory overwritten', async (page) => {
      await page.evaluate(() => void app.HEAPU8.fill(0xff));
      await page.mouse.move(300, 300);
      await page.mouse.move(310, 310);
    }],
  ]) {
    test(`${what}: a message, it draws again, the training continues`, async () => {
      const {page, context} = await there.open();
      await page.evaluate(TRAIN);
      const before = await constant(page);
      const rows = (await epochs(page)).length;
      await page.evaluate(() => { window.failed = app; });
      await fail(page);
      await drawsAgain(page);
      await until(page, async (rows) => playground.status().history.length > rows + 1, rows);
      assert.deepEqual(await constant(page), before);
      const trained = await epochs(page);
      assert.deepEqual(trained, trained.map((_, i) => i + 1));
      assert.deepEqual(await page.evaluate(() => told.map(({code}) => code)), ['app_gone']);
      assert.match(await page.locator('#plain-message').textContent(), /The workbench failed \(.+\) and was restarted\. Network, training and data are untouched/);
      assert.equal(await page.locator('canvas').count(), 1);
      // The new instance has the training: its buttons work on it.
      await press(page, 'pause');
      await until(page, async () => playground.status().state === 'paused');
      await context.close();
    });
  }

  test('again and again: the text version takes its place, and trains', async () => {
    const {page, context} = await there.open();
    await page.evaluate(TRAIN);
    const before = await constant(page);
    for (let i = 0; i < 4; ++i) {
      await page.evaluate(() => {
        window.failed = app;
        setTimeout(() => app._app_receive(-1, 9, 0, 0));
      });
      if (i < 3) await drawsAgain(page);
    }
    await page.getByText('failed repeatedly').waitFor();
    assert.deepEqual(await page.evaluate(() => told.map(({code}) => code)), ['app_gone', 'app_gone', 'app_gone', 'no_app']);
    assert.deepEqual(await constant(page), before);
    assert.equal(await page.locator('#canvas').isVisible(), false);
    await page.getByRole('button', {name: 'Stop'}).click();
    await until(page, async () => ended);
    const rows = (await epochs(page)).length;
    await page.getByLabel('Epochs', {exact: true}).fill('1');
    await page.getByRole('button', {name: 'Train'}).click();
    await until(page, async (rows) => playground.status().history.length === rows + 1 && playground.status().state === 'ready', rows);
    await context.close();
  });

  test('a link that the page was opened with does not replace the network when the app is started again', async () => {
    const {page, context} = await there.open();
    await page.evaluate(() => history.replaceState(null, '', '#v=1&preset=tutorial'));
    await page.evaluate(TRAIN);
    const config = await page.evaluate(() => document.querySelector('#plain-config').textContent);
    await page.evaluate(() => {
      window.failed = app;
      setTimeout(() => app._app_receive(-1, 9, 0, 0));
    });
    await drawsAgain(page);
    await page.evaluate(() => trainer.request('summary'));  // after everything that the app asked for at its start
    assert.equal(await page.evaluate(() => document.querySelector('#plain-config').textContent), config);
    assert.equal(await page.evaluate(() => ended), false);
    await context.close();
  });
});
