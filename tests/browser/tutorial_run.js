// The tutorial's run in Chromium on CIFAR-10: node tests/browser/tutorial_run.js --data PATH [options]
//   --data PATH     a folder of official CIFAR-10 batches, or cifar-10-binary.tar.gz
//   --epochs N      default 3
//   --threads N     default: all available
//   --seconds S     stop after that many seconds and report the speed only
// Needs what ./shell/build makes. Fails when validation accuracy is below 0.58 after epoch 1 or 0.62 after epoch 3.
import {parseArgs} from 'node:util';

import {launch, openPage, serve} from './chromium.js';

const BARS = new Map([[1, 0.58], [3, 0.62]]);

const {values} = parseArgs({options: {
  data: {type: 'string'}, epochs: {type: 'string', default: '3'}, threads: {type: 'string'}, seconds: {type: 'string'},
}});
if (!values.data) throw new Error('--data PATH is missing: a folder of CIFAR-10 batches or the archive');

const browser = await launch();
const site = await serve({data: values.data});
try {
  const {page} = await openPage(browser, site.origin, {painted: true});
  const dataset = await page.evaluate(() => playground.load({source: 'cifar10'}));
  const {backend} = await page.evaluate(() => playground.status());
  console.log(`${dataset.label}: ${dataset.train.count} + ${dataset.test.count} pictures; trainer ${backend.variant}, ` +
              `kernels ${backend.kernel_set}, ${values.threads ?? backend.threads} threads`);
  await page.exposeFunction('report', (row) => console.log(
      `epoch ${row.epoch}: loss ${row.loss.toFixed(4)}, accuracy ${row.accuracy.toFixed(4)}, val_loss ${row.val_loss.toFixed(4)}, ` +
      `val_accuracy ${row.val_accuracy.toFixed(4)}, ${row.seconds.toFixed(1)} s, ${Math.round(row.images_per_second)} images/s`));
  const {history, speed} = await page.evaluate(async ({epochs, threads, seconds}) => {
    await playground.build('tutorial');
    playground.addEventListener('epoch', ({detail}) => report(detail));
    if (seconds) setTimeout(() => playground.stop(), seconds * 1000);
    const history = await playground.fit({epochs, batch_size: 10, optimizer: 'Adam', seed: 1, ...(threads && {threads})});
    return {history, speed: playground.status().images_per_second};
  }, {epochs: Number(values.epochs), threads: Number(values.threads) || 0, seconds: Number(values.seconds) || 0});
  console.log(`${Math.round(speed)} images/s at the end`);
  for (const {epoch, val_accuracy: reached} of history) {
    const bar = BARS.get(epoch) ?? 0;
    if (reached < bar) {
      console.log(`FAILED: validation accuracy ${reached} after epoch ${epoch}, below ${bar}`);
      process.exitCode = 1;
    }
  }
} finally {
  await browser.close();
  site.close();
}
