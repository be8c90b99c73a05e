// The built site in a browser for the tests of one describe block, and steps that several of them share.
import {after, before} from 'node:test';

import {launch, openPage, serve} from './chromium.js';

/**
 * Opens browser and site before the tests and closes them after; usable from the first test on.
 * @returns {{browser: import('playwright-core').Browser, site: Awaited<ReturnType<typeof serve>>,
 *            open: (options?: Parameters<typeof openPage>[2]) => ReturnType<typeof openPage>}}
 */
export function servedSite() {
  const there = /** @type {any} */ ({open: (/** @type {any} */ options) => openPage(there.browser, there.site.origin, options)});
  before(async () => {
    there.browser = await launch();
    there.site = await serve();
  });
  after(async () => {
    await there.browser.close();
    there.site.close();
  });
  return there;
}

/**
 * Trains a little; the number of history rows.
 * @param {{evaluate: (work: () => Promise<number>) => Promise<number>}} page or a frame
 */
export const train = (page) => page.evaluate(async () => {
  await playground.load({source: 'sample', limit: 50});
  await playground.build('tutorial_small');
  return (await playground.fit({epochs: 1, batch_size: 25})).length;
});
