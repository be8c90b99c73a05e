// The record run in Chromium on CIFAR-10, started with the chapter's buttons: node tests/browser/speedrun_run.js --data PATH
//   --data PATH     a folder of official CIFAR-10 batches, or cifar-10-binary.tar.gz
//   --minutes M     stop after that many minutes and report the progress
// Needs what ./shell/build makes. Fails when the accuracy with test-time augmentation is below 0.9.
import {parseArgs} from 'node:util';

import {launch, openPage, serve} from './chromium.js';
import {drawn, press, seen} from './widgets.js';

const BAR = 0.9;

const {values} = parseArgs({options: {data: {type: 'string'}, minutes: {type: 'string'}}});
if (!values.data) throw new Error('--data PATH is missing: a folder of CIFAR-10 batches or the archive');

const browser = await launch();
const site = await serve({data: values.data});
try {
  const {page} = await openPage(browser, `${site.origin}/#learn=speedrun`, {painted: true, viewport: {width: 1280, height: 3000}});
  const dataset = await page.evaluate(() => playground.load({source: 'cifar10'}));
  const {backend} = await page.evaluate(() => playground.status());
  console.log(`${dataset.label}: ${dataset.train.count} + ${dataset.test.count} ` +
              `pictures; trainer ${backend.variant}, kernels ${backend.kernel_set}, ${backend.threads} threads`);
  await press(page, 'speedrun/measure');
  console.log(await drawn(page, 'speedrun/estimate', /whole run takes/));

  await seen(page, 'speedrun/start');
  const start = performance.now();
  const minutes = () => ((performance.now() - start) / 60_000).toFixed(1);
  await page.exposeFunction('report', (row) => console.log(
      `epoch ${row.epoch}: loss ${row.loss.toFixed(4)}, accuracy ${row.accuracy.toFixed(4)}, val_accuracy ${row.val_accuracy.toFixed(4)}` +
      `${row.tta_accuracy === undefined ? '' : `, tta_accuracy ${row.tta_accuracy.toFixed(4)}`}, ${row.seconds.toFixed(1)} s, ` +
      `${Math.round(row.images_per_second)} images/s; ${minutes()} minutes since the press`));
  await page.evaluate(() => playground.addEventListener('epoch', ({detail}) => report(detail)));
  await press(page, 'speedrun/start');
  await page.waitForFunction(() => playground.status().state === 'training');
  const end = values.minutes ? start + Number(values.minutes) * 60_000 : Infinity;
  let status;
  do {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    status = await page.evaluate(() => {
      const {state, epoch, epochs, step, loss, accuracy, images_per_second} = playground.status();
      return {state, epoch, epochs, step, loss, accuracy, images_per_second, rows: playground.status().history};
    });
    if (performance.now() > end) await page.evaluate(() => playground.stop());
  } while (['training', 'validating', 'paused'].includes(status.state));
  const {tta_accuracy: reached} = status.rows.at(-1) ?? {};
  if (reached === undefined) {
    console.log(`stopped after ${minutes()} minutes in epoch ${status.epoch}, step ${status.step}: loss ${status.loss.toFixed(4)}, ` +
                `accuracy ${status.accuracy.toFixed(4)}, ${Math.round(status.images_per_second)} images/s`);
  } else {
    console.log(`accuracy with test-time augmentation ${reached.toFixed(4)}, ${minutes()} minutes after the press`);
    if (reached < BAR) {
      console.log(`FAILED: it is below ${BAR}`);
      process.exitCode = 1;
    }
  }
} finally {
  await browser.close();
  site.close();
}
