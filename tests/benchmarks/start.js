// Waiting times of a first visit: from navigation to the first paint, to readiness, and to the first training step on the
// sample pictures, which a script starts as soon as a person could. The page is served on this machine; nothing is cached.
import {median} from './statistics.js';

/** Runs in the page before its own scripts. */
function watch() {
  const waiting = setInterval(async () => {
    if (!('playground' in window)) return;
    clearInterval(waiting);
    const {playground} = window;
    await playground.ready;
    const times = {ready: performance.now()};
    const trainable = () => playground.status().state === 'ready' ? begin() : setTimeout(trainable, 2);
    const begin = () => {
      playground.addEventListener('step', () => {
        times.first_step = performance.now();
        times.first_paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
        window.startTimes = times;
        playground.stop();
      }, {once: true});
      playground.fit({epochs: 1}).catch(() => {});
    };
    trainable();
  }, 2);
}

/** Medians in milliseconds. @param {{newPage: () => Promise<import('playwright-core').Page>}} browser @param {string} site */
export async function measureStart(browser, site, repetitions = 5) {
  const all = [];
  for (let i = 0; i < repetitions; ++i) {
    const page = await browser.newPage();  // with its own storage
    await page.addInitScript(watch);
    await page.goto(site);
    await page.waitForFunction(() => 'startTimes' in window);
    all.push(await page.evaluate(() => window.startTimes));
    await page.context().close();
  }
  return Object.fromEntries(['first_paint', 'ready', 'first_step'].map((what) => [what, median(all.map((times) => times[what]))]));
}
