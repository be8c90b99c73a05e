// With few pictures a network trains a thousand epochs a second, faster than the page can show them.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {launch, serve} from './chromium.js';
import {NETWORKS} from './random/steps.js';

describe('epochs faster than the page can show', () => {
  let browser, site, page;
  before(async () => {
    browser = await launch();
    site = await serve();
    page = await browser.newPage();
    await page.goto(`${site.origin}/`);
    await page.waitForFunction(() => window.playground);
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('the page stays responsive, and shows the newest', async () => {
    const piledUp = await page.evaluate(async (config) => {
      await playground.ready;
      await playground.load({source: 'sample', limit: 40});
      await playground.build(config);
      playground.fit({epochs: 100000, batch_size: 20, seed: 4}).catch(() => {});
      const epoch = () => playground.status().epoch;
      while (epoch() < 100) await new Promise((resolve) => setTimeout(resolve));
      const end = Date.now() + 3000;
      while (Date.now() < end);  // the page is busy: the trainer waits for it
      const start = epoch();
      await trainer.request('dataset');  // answered after all that was sent meanwhile
      return epoch() - start;
    }, NETWORKS.tiny);
    assert.ok(piledUp < 400, `${piledUp} epochs had piled up`);
    await page.evaluate(() => playground.stop());
    const {history} = await page.evaluate(() => playground.status());
    const rows = await page.evaluate(() => document.querySelectorAll('#plain-history tr').length);
    assert.equal(rows, 1 + Math.min(200, history.length));
    assert.ok(history.length >= 100);
  });

  test('the training is stored while it runs: the first checkpoint before many more epochs', async () => {
    const checkpoints = await page.evaluate(async (config) => {
      await playground.load({source: 'sample', limit: 40});
      await playground.build(config);
      let count = 0;
      const first = new Promise((resolve) => trainer.observe(({type}) => type === 'checkpoint' && ++count === 1 && resolve()));
      const fitting = playground.fit({epochs: 100000, batch_size: 20, seed: 4});
      await first;
      await keptTraining.written();
      const meanwhile = count - 1;
      await playground.stop();
      await fitting;
      return meanwhile;
    }, NETWORKS.tiny);
    assert.ok(checkpoints <= 2, `${checkpoints} further checkpoints had come`);
  });
});
