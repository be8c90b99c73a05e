// The README's pictures, made again: node tests/browser/readme_pictures.js [--data PATH] [NAME...]
//   --data PATH   CIFAR-10 to train on; the sample pictures when not given
//   NAME          of the pictures below; all of them when none is named
// Needs what ./shell/build makes. Writes assets/NAME.png.
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import {launch, openPage, serve, until} from './chromium.js';
import {press} from './widgets.js';

// What is seen once the tutorial's network has trained for three epochs, and a fourth is running.
const PICTURES = {playground: 'tab/curves', inside: 'tab/inside', learn: 'tab/learn'};

const {values, positionals} = parseArgs({options: {data: {type: 'string'}}, allowPositionals: true});
const wanted = positionals.length ? positionals : Object.keys(PICTURES);

const browser = await launch();
const site = await serve({data: values.data});
try {
  const {page} = await openPage(browser, site.origin, {colorScheme: 'light'});
  await page.evaluate(async ({source}) => {
    await playground.load({source, limit: 5000});
    await playground.build('tutorial');
    playground.fit({epochs: 10, batch_size: 10, seed: 1}).catch(() => {});
  }, {source: values.data ? 'cifar10' : 'sample'});
  await until(page, async () => playground.status().history.length >= 3 && playground.status().step > 100);
  for (const name of wanted) {
    await press(page, PICTURES[name]);
    await page.mouse.move(640, 795);
    const frames = await page.evaluate(() => app._app_frames());
    await until(page, async (frames) => app._app_frames() > frames + 5, frames);
    const path = fileURLToPath(new URL(`../../assets/${name}.png`, import.meta.url));
    await page.screenshot({path});
    console.log(`assets/${name}.png`);
  }
} finally {
  await browser.close();
  site.close();
}
