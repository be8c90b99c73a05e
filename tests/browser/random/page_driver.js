// Performs sequences of steps (steps.js) on the page in a browser, and collects what does not hold.
import {unpainted, whenReady} from '../chromium.js';
import {dropping, content, otherOrigin} from '../other_origin.js';
import {batch, pixels, png, tar, zip} from '../pictures.js';
import {gzipSync} from 'node:zlib';
import {installChecker} from './page_checker.js';
import {CODES, EXPECTED, FAILURES, OF_BROKEN_APP, STATES} from './rules.js';
import {NETWORKS} from './steps.js';

/** @typedef {import('./steps.js').Step} Step */
/** @typedef {{kind: string, text: string}} Violation */

const HANG_MS = 180_000;  // for one sequence, in which nothing waits for long: only a hang takes that
const FRAMES = 6;  // how many a widget may take to appear

/** The test's own data host: what loads, what breaks off, what is no data set. */
async function dataHost() {
  const host = await otherOrigin();
  const records = batch(40);
  const picture = png(pixels(3));
  const archive = gzipSync(tar({'x/data_batch_1.bin': records, 'x/test_batch.bin': batch(10)}));
  const pictures = zip(Object.fromEntries(Array.from({length: 12}, (_, i) => [`set/${i % 3 ? 'train' : 'test'}/${i % 2 ? 'cat' : 'dog'}/${i}.png`, picture])));
  /** Breaks off in every answer. @param {any} request @param {any} response */
  const cut = (request, response) => {
    response.writeHead(200, {'content-length': records.length, etag: '"1"'});
    response.write(records.subarray(0, 9000), () => setImmediate(() => response.destroy()));
  };
  /** Byte by byte, as it were. @param {any} request @param {any} response */
  const slow = async (request, response) => {
    response.writeHead(200, {'content-length': records.length, etag: '"1"'});
    for (let at = 0; at < records.length && !response.destroyed; at += 6000) {
      response.write(records.subarray(at, at + 6000));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    response.end();
  };
  Object.assign(host.files, {
    '/batch.bin': content(records), '/cut.bin': cut, '/slow.bin': slow, '/garbage.bin': content(Buffer.alloc(5000, 77)),
    '/dropping.bin': (/** @type {any} */ request, /** @type {any} */ response) => dropping(records, {times: request.headers.range ? 0 : 1})(request, response),
    '/batch.tar.gz': content(archive), '/broken.parquet': content(Buffer.alloc(500, 9)), '/picture.png': content(picture), '/pictures.zip': content(pictures),
  });
  return host;
}

/** Runs in the page: the middle of a widget in page coordinates once it is drawn; null if it is not within some frames. */
async function placeOf([name, frames]) {
  for (let left = frames; window.app; --left) {
    const text = new TextEncoder().encode(`${name}\0`);
    const at = app._malloc(16 + text.length);
    app.HEAPU8.set(text, at + 16);
    const found = app._app_widget_rect(at + 16, at);
    const [x, y, width, height] = new Float32Array(app.HEAPU8.buffer, at, 4);
    app._free(at);
    const canvas = document.querySelector('#canvas').getBoundingClientRect();
    if (found) return {x: canvas.left + x + width / 2, y: canvas.top + y + height / 2};
    if (left <= 0) return null;
    await Promise.race([new Promise(requestAnimationFrame), new Promise((resolve) => setTimeout(resolve, 50))]);
  }
  return null;
}

/** Replaces what only the driver knows: the configurations of networks. @param {any} value @returns {any} */
function filled(value) {
  if (Array.isArray(value)) return value.map(filled);
  if (value === null || typeof value !== 'object') return value;
  if (value.$ === 'network') return NETWORKS[value.name];
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one)]));
}

/**
 * @param {{browser: import('playwright-core').Browser, origin: string}} where
 */
export async function createDriver({browser, origin}) {
  const host = await dataHost();
  /** @type {import('playwright-core').BrowserContext | undefined} */
  let context;
  /** @type {import('playwright-core').Page[]} the page, and its second tab */
  let tabs = [];
  /** @type {Violation[]} */
  let violations = [];
  let opening = false;
  let appBroken = false;
  let worn = false;  // the next sequence begins on a new page
  let sequences = 0;  // on this page
  /** @type {any} */
  let remembered = null;

  /** @param {string} kind @param {string} text */
  const violate = (kind, text) => void violations.push({kind, text: text.slice(0, 500)});

  /** @param {import('playwright-core').Page} page */
  function watch(page) {
    /** @param {string} kind @param {string} text */
    const complain = (kind, text) => {
      if (!EXPECTED.test(text) && !(appBroken && OF_BROKEN_APP.test(text))) violate(kind, text);
    };
    page.on('console', (message) => message.type() === 'error' && complain('console error', message.text()));
    page.on('pageerror', (error) => complain('page error', String(error.stack ?? error)));
    page.on('crash', () => violate('crash', 'the tab crashed'));
    page.on('dialog', (dialog) => dialog.dismiss().catch(() => {}));
    page.on('filechooser', (chooser) => chooser.setFiles({name: 'one.png', mimeType: 'image/png', buffer: png(pixels(5))}).catch(() => {}));
  }

  /** @param {string} [hash] */
  async function openTab(hash = '') {
    opening = true;
    const page = await /** @type {import('playwright-core').BrowserContext} */ (context).newPage();
    opening = false;
    watch(page);
    tabs.push(page);
    await page.goto(`${origin}/${hash}`);
    await ready(page);
    return page;
  }

  /** @param {import('playwright-core').Page} page */
  async function ready(page) {
    await whenReady(page);
    await page.evaluate(() => checker.attach());
    // Before the page loads the many pictures of its own accord.
    await page.evaluate(() => checker.call({name: 'load', args: [{source: 'sample', limit: 40}], wait: true}));
  }

  async function open() {
    await context?.close();
    [tabs, appBroken, worn, sequences, remembered] = [[], false, false, 0, null];
    context = await browser.newContext({viewport: {width: 1280, height: 800}, hasTouch: true, acceptDownloads: false});
    context.setDefaultTimeout(HANG_MS);
    await context.addInitScript(unpainted);
    await context.addInitScript(installChecker, {codes: CODES, failures: FAILURES, states: STATES, base: host.url});
    context.on('page', (page) => opening || page.close().catch(() => {}));  // of a link that was pressed
    await openTab();
  }

  /** @type {{[step: string]: (page: import('playwright-core').Page, step: any) => Promise<any>}} */
  const perform = {
    call: (page, step) => page.evaluate((step) => checker.call(step), {...step, args: filled(step.args)}),
    turns: (page, {count}) => page.evaluate(async (count) => { for (let i = 0; i < count; ++i) await checker.turn(); }, count),
    abort: (page) => page.evaluate(() => checker.abort()),
    rest: (page) => page.evaluate(() => checker.rest()),
    script: (page, {text}) => page.evaluate(text),  // for tests of the checker
    async press(page, {widget}) {
      const place = await page.evaluate(placeOf, [widget, FRAMES]);
      if (!place) return;
      await page.mouse.move(place.x, place.y);
      await page.mouse.down();
      await page.mouse.up();
    },
    async tap(page, {widget}) {
      const place = await page.evaluate(placeOf, [widget, FRAMES]);
      if (place) await page.touchscreen.tap(place.x, place.y);
    },
    async point(page, {x, y, button}) {
      const {width, height} = page.viewportSize() ?? {width: 800, height: 600};
      await page.mouse.move(x * width, y * height);
      await page.mouse.down({button});
      await page.mouse.up({button});
    },
    plain: (page, {id}) => page.evaluate((id) => document.getElementById(id)?.click(), id),
    async key(page, {key}) {
      await page.evaluate(() => /** @type {any} */ (document.querySelector('#canvas'))?.focus());
      await page.keyboard.press(key);
    },
    resize: (page, {width, height}) => page.setViewportSize({width, height}),
    drop: (page, {kind, seed}) => page.evaluate(([kind, seed]) => checker.drop(kind, seed), [kind, seed]),
    async kill(page, {how}) {
      if (how === 'hook') return page.evaluate(() => playground.status().backend && trainer.kill());
      if (!await page.evaluate(() => playground.status().backend)) return;  // three that end before they answer are the last
      const worker = page.workers().find((one) => one.url().endsWith('/trainer/worker.js'));
      worker?.evaluate(() => self.close()).catch(() => {});
    },
    async break_app(page, {how}) {
      if (!await page.evaluate(() => Boolean(window.app))) return;
      appBroken = worn = true;
      await page.evaluate(() => checker.breaks());
      if (how === 'message') return page.evaluate(() => void setTimeout(() => app?._app_receive(-1, 9, 0, 0)));
      await page.evaluate(() => void app.HEAPU8.fill(0xff));
      await page.mouse.move(300, 300);
      await page.mouse.move(310, 310);
    },
    async reload(page, {hash = '', restore}) {
      remembered = restore && tabs.length === 1 ? await page.evaluate(() => checker.remember()) : null;
      await take(page);
      await page.goto('about:blank');
      await page.goto(`${origin}/${hash}`);
      await ready(page);
      if (hash) worn = true;
      if (remembered) await page.evaluate((before) => checker.restore(before), remembered);
    },
  };
  const OF_THE_APP = new Set(['press', 'tap', 'point', 'key', 'drop', 'plain', 'resize']);

  /** @param {import('playwright-core').Page} page */
  async function take(page) {
    violations.push(...await page.evaluate(() => checker.take()));
  }

  /** @param {Step[]} steps @param {{probe: boolean}} options */
  async function performAll(steps, {probe}) {
    for (const step of steps) {
      if (step.tab && !tabs[1]) await openTab();
      const page = tabs[step.tab ?? 0];
      if (OF_THE_APP.has(step.do)) await page.evaluate(() => checker.touch());
      await perform[step.do](page, step);
      await take(page);
      if (violations.length > 0) break;
    }
    for (const page of tabs) {
      await page.evaluate(() => checker.rest());
      if (probe) await page.evaluate((config) => checker.probe(config), NETWORKS.tiny);
      await take(page);
    }
    if (tabs[1]) await tabs.splice(1)[0].close();
  }

  return {
    /**
     * @param {Step[]} steps
     * @param {{fresh?: boolean, probe?: boolean}} [options] fresh: on a page of its own
     * @returns {Promise<Violation[]>} empty if all holds
     */
    async run(steps, {fresh = false, probe = true} = {}) {
      violations = [];
      if (!context || fresh || worn) await open();
      ++sequences;
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let watchdog;
      const late = new Promise((_, reject) => { watchdog = setTimeout(() => reject(new Error('it hangs')), HANG_MS); });
      try {
        await Promise.race([performAll(steps, {probe}), late]);
      } catch (error) {
        const state = await Promise.race([tabs[0]?.evaluate(() => JSON.stringify(checker.state())).catch(String), new Promise((resolve) => setTimeout(resolve, 5000, 'no answer'))]);
        violate(String(error).includes('it hangs') ? 'hang' : 'driver', `${error}; ${state}`);
      } finally {
        clearTimeout(watchdog);
      }
      if (violations.length > 0) worn = true;
      return violations;
    },
    /** The next sequence begins on a new page. */
    wear: () => { worn = true; },
    sequences: () => sequences,
    /** Bytes that the page uses after a garbage collection, by kind. */
    async memory() {
      const page = tabs[0];
      const devtools = await /** @type {import('playwright-core').BrowserContext} */ (context).newCDPSession(page);
      await devtools.send('HeapProfiler.collectGarbage');
      const {usedSize: heap} = await devtools.send('Runtime.getHeapUsage');
      await devtools.detach();
      return {heap, app: await page.evaluate(() => window.app?.HEAPU8.length ?? 0)};
    },
    async close() {
      await context?.close();
      host.close();
    },
  };
}
