// The built site in a browser, for the tests of a describe.
import {after, before} from 'node:test';

import {launch, openPage, serve} from './chromium.js';

/**
 * Opened before the tests and closed after them; there from the first test on.
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
