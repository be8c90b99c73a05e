// Times the drawing of 10,000 sample pictures, natively and in the tab, and the page's frames while the gallery scrolls
// through them.
import {press, seen} from '../browser/widgets.js';
import {openNative} from './hosts.js';
import {summarizeFrames} from './report.js';
import {watchFrames} from './tab.js';

const count = 10_000, repetitions = 5;

export async function measureData(browser, {site, ...context}) {
  const core = await openNative({}, 1, {...context, networks: {}});
  const native = [];
  for (let i = 0; i < repetitions; ++i) native.push((await core.ask({do: 'samples', count})).seconds);
  core.close();

  const page = await browser.newPage();
  await page.goto(`${site}/`);
  await page.waitForFunction(() => 'playground' in window);
  const tab = await page.evaluate(async ({count, repetitions}) => {
    await playground.ready;
    await playground.load({source: 'sample'});
    const seconds = [];
    for (let i = 0; i < repetitions; ++i) {
      const start = performance.now();
      await trainer.request('load_sample', {seed: 2, train: count, test: 1});  // includes the statistics: class counts, mean, deviation
      seconds.push((performance.now() - start) / 1000);
    }
    return seconds;
  }, {count, repetitions});

  await press(page, 'tab/pictures');
  await seen(page, 'pictures/cell/5');
  await press(page, 'pictures/cell/5');  // the pointer stays here
  const watching = page.evaluate(watchFrames, 4);
  let over = false;
  watching.finally(() => { over = true; });
  while (!over) await page.mouse.wheel(0, 100);
  const frames = summarizeFrames(await watching);
  await page.context().close();
  return {native: Math.min(...native), tab: Math.min(...tab), frames};  // seconds; the minimum is least disturbed by other load
}
