// Serves the built site to Debian's Firefox over WebDriver BiDi, for firefox.test.js. The counterpart for Chromium is chromium.js.
import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';

import puppeteer from 'puppeteer-core';

const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const PATIENCE_MS = 120_000;  // a busy machine is not a failure

/** A sentence that says why Firefox cannot be tested here, or false. Where ./shell/setup installs Firefox, it must be there. */
export function missing() {
  const debian = existsSync('/etc/debian_version') && !/^ID=ubuntu/m.test(readFileSync('/etc/os-release', 'utf8'));
  return !existsSync(FIREFOX) && !debian && `${FIREFOX} is not on this system; FIREFOX=PATH names another`;
}

/** A virtual display: headless Firefox has no WebGL2. @returns {Promise<{name: string, close: () => void}>} */
async function openDisplay() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp'], {stdio: ['ignore', 'ignore', 'ignore', 'pipe']});
  const number = await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    server.stdio[3]?.on('data', (data) => resolve(String(data).trim()));
  });
  return {name: `:${number}`, close: () => void server.kill()};
}

/**
 * @param {{webgl?: boolean, prefs?: Record<string, unknown>}} [options] without webgl it runs headless
 */
export async function launchFirefox({webgl = true, prefs = {}} = {}) {
  const display = webgl ? await openDisplay() : undefined;
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: FIREFOX, headless: !webgl, protocolTimeout: PATIENCE_MS, timeout: PATIENCE_MS,
    extraPrefsFirefox: {'webgl.force-enabled': true, ...prefs}, defaultViewport: null, args: ['--width=1300', '--height=900'],
    env: {...process.env, ...(display && {DISPLAY: display.name, LIBGL_ALWAYS_SOFTWARE: '1'})},
  }).catch((error) => {
    display?.close();
    throw error;
  });
  return {
    /**
     * Opens the page in its own context and waits for the scripting interface.
     * @param {string} url
     */
    async openPage(url) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      page.setDefaultNavigationTimeout(PATIENCE_MS);
      /** @type {string[]} */
      const complaints = [];
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(url);
      await playgroundOf(page);
      return {page, context, complaints};
    },
    async close() {
      await browser.close();
      display?.close();
    },
  };
}

/**
 * Waits for the page's scripting interface. A page that reloads itself for isolation aborts pending evaluations.
 * @param {import('puppeteer-core').Page} page
 */
export async function playgroundOf(page) {
  for (const end = Date.now() + PATIENCE_MS;;) {
    try {
      if (await page.evaluate(async () => 'playground' in window && (await playground.ready, true))) return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error('the page did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
