// Serves the built site to a real Chromium, for the tests and commands in this folder.
import {fileURLToPath} from 'node:url';

import {chromium} from 'playwright-core';

import {makeServer} from '../../shell/server.js';
import {checkMessages} from './protocol_check.js';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const BASE_ARGUMENTS = [
  '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync',
];
const SOFTWARE_GL = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const PATIENCE_MS = 120_000;  // a busy machine is not a failure
const NO_GL = ['--disable-gpu', '--disable-3d-apis', '--disable-software-rasterizer'];

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/**
 * @param {{gl?: boolean, args?: string[]}} [options]
 * @returns {Promise<import('playwright-core').Browser>}
 */
export const launch = ({gl = true, args = []} = {}) => chromium.launch({
  executablePath, args: [...BASE_ARGUMENTS, ...(gl ? SOFTWARE_GL : NO_GL), ...args],
});

/** A browser with the settings of a profile. @param {string} folder of the profile */
export const launchWithProfile = (folder) => chromium.launchPersistentContext(folder, {executablePath, args: [...BASE_ARGUMENTS, ...SOFTWARE_GL]});

/** Ids of the browser's processes, the main process first. @param {import('playwright-core').Browser} browser @returns {Promise<number[]>} */
export async function processes(browser) {
  const session = await browser.newBrowserCDPSession();
  const {processInfo} = await session.send('SystemInfo.getProcessInfo');
  return processInfo.sort((a, b) => Number(b.type === 'browser') - Number(a.type === 'browser')).map(({id}) => id);
}

/** Serves the built site. @param {{data?: string, isolation?: boolean, root?: string}} [options] */
export async function serve({root = DIST, ...options} = {}) {
  const server = await makeServer({root, ...options});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const {port} = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://localhost:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Runs in the page before its own scripts: delays frames and worker messages as a slow machine does. Their order stays.
 * @param {number} most longest delay of one frame or message, in milliseconds
 */
function delayed(most) {
  const frame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) => frame(() => setTimeout(() => frame(draw), Math.random() * most));
  window.Worker = class extends Worker {
    #delivered = Promise.resolve();
    /** @param {string} type @param {any} listener @param {any[]} rest */
    addEventListener(type, listener, ...rest) {
      super.addEventListener(type, type !== 'message' ? listener : (event) => {
        const due = performance.now() + Math.random() * most;
        this.#delivered = this.#delivered
            .then(() => due > performance.now() && new Promise((resolve) => setTimeout(resolve, due - performance.now())))
            .then(() => listener.call(this, event));
      }, ...rest);
    }
    set onmessage(/** @type {any} */ listener) { this.addEventListener('message', listener); }
  };
}

/** Runs in the page before its own scripts: frames are built and sent to WebGL, but not painted. */
export function unpainted() {
  for (const name of ['WebGLRenderingContext', 'WebGL2RenderingContext']) {
    const context = /** @type {any} */ (globalThis)[name];
    if (context) context.prototype.drawElements = () => {};
  }
}

/**
 * Opens the page in its own context and waits for the scripting interface. `complaints` collects console and page errors.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions & {delay?: number, painted?: boolean, prepare?: (page: import('playwright-core').Page) => Promise<void>}} [options]
 *   `painted` is for tests that look at pixels: painting by software is most of the time of the others;
 *   `delay` makes frames and messages up to that many milliseconds late; the environment variable DELAY does so for every page
 */
export async function openPage(browser, url, {delay = Number(process.env.DELAY ?? 0), painted = false, prepare, ...options} = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 800}, ...options});
  context.setDefaultTimeout(PATIENCE_MS);
  await checkMessages(context);
  if (!painted) await context.addInitScript(unpainted);
  if (delay) await context.addInitScript(delayed, delay);
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || /unhandled/i.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await prepare?.(page);
  await page.goto(url);
  await whenReady(page);
  return {page, context, complaints};
}

/** Waits for the scripting interface. @param {import('playwright-core').Page} page */
export async function whenReady(page) {
  await page.waitForFunction(() => 'playground' in window);
  await page.evaluate(() => /** @type {any} */ (window).playground.ready);
}

/**
 * Waits until a function of the page resolves to a true value. (waitForFunction treats the promise itself as true.)
 * @param {{evaluate: (work: any, argument?: any) => Promise<any>}} page Playwright's or Puppeteer's
 * @param {(argument: any) => Promise<any>} condition
 * @param {any} [argument]
 */
export async function until(page, condition, argument) {
  for (const end = Date.now() + PATIENCE_MS; !await page.evaluate(condition, argument);) {
    if (Date.now() > end) throw new Error(`never true: ${condition}`);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
  }
}
