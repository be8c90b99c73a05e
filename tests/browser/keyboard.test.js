// Tab from what is before the canvas through the canvas to what is behind it, and back.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve} from './chromium.js';
import {seen} from './widgets.js';

const MOST = 300;  // stops of the workbench

describe('keyboard', () => {
  let browser, site, page;
  before(async () => {
    browser = await launch();
    site = await serve();
    ({page} = await openPage(browser, site.origin));
    await page.evaluate(() => playground.load({source: 'sample', limit: 100}));
    await seen(page, 'train');
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  /** Where the focus is; the hidden text field belongs to the canvas. */
  const place = () => page.evaluate(() => {
    const id = document.activeElement?.id;
    return id === 'canvas' || id === 'canvas-text' ? 'canvas' : document.activeElement?.closest('#plain') ? 'plain' : id;
  });
  /** Presses a key until the focus leaves the canvas; how often that was. */
  async function leave(key) {
    for (let i = 1; i <= MOST; ++i) {
      await page.keyboard.press(key);
      if (await place() !== 'canvas') return i;
    }
    throw new Error(`${MOST} times ${key} did not leave the canvas`);
  }

  test('Tab goes through the whole canvas and out behind it; Shift+Tab goes the same way back', async () => {
    await page.keyboard.press('Tab');
    assert.equal(await place(), 'skip');
    await page.keyboard.press('Tab');
    assert.equal(await place(), 'canvas');
    await page.keyboard.press('Shift+Tab');
    assert.equal(await place(), 'skip');
    await page.keyboard.press('Tab');
    const stops = await leave('Tab');
    assert.ok(stops > 20, `${stops} stops`);
    assert.equal(await place(), 'plain');
    await page.keyboard.press('Shift+Tab');
    assert.equal(await place(), 'canvas');
    assert.equal(await leave('Shift+Tab'), stops);
    assert.equal(await place(), 'skip');
  });

  test('the first stop of a new page is Train, and Enter presses it', async () => {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => ['training', 'validating'].includes(playground.status().state));
    await page.evaluate(() => playground.stop());
    assert.equal(await place(), 'canvas');
  });
});
