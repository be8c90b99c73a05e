// Remakes the README's pictures: node tests/browser/readme_pictures.js [--data PATH] [NAME...]
//   --data PATH   CIFAR-10 to train on; the sample pictures when not given
//   NAME          a picture below; all of them when none is named
// Needs what ./shell/build makes. Writes assets/NAME.webp.
import {writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import {launch, openPage, serve, until} from './chromium.js';
import {press} from './widgets.js';

const SIZE = {width: 1280, height: 800}, SHARPNESS = 1.5, QUALITY = 80;  // about 100 kB a picture
const PICTURES = 5000, EPOCHS = 10;

// The presses that lead to each picture. All are taken during one training.
const VIEWS = {
  playground: ['tab/curves'],
  matrix: ['tab/matrix'],
  inside: ['tab/inside', 'inside/map/5'],
  learn: ['tab/learn', 'learn/convolution'],
};

const {values, positionals} = parseArgs({options: {data: {type: 'string'}}, allowPositionals: true});
const wanted = positionals.length ? positionals : Object.keys(VIEWS);

const browser = await launch();
const site = await serve({data: values.data});
try {
  const {page, context} = await openPage(browser, site.origin, {painted: true, colorScheme: 'dark', viewport: SIZE, deviceScaleFactor: SHARPNESS});
  const devtools = await context.newCDPSession(page);
  await page.evaluate(async ({source, limit, epochs}) => {
    await playground.load({source, limit});
    await playground.build('tutorial');
    playground.fit({epochs, batch_size: 32, seed: 1}).catch(() => {});
    await new Promise((resolve) => playground.addEventListener('epoch', ({detail}) => detail.epoch === epochs / 2 && resolve()));
  }, {source: values.data ? 'cifar10' : 'sample', limit: PICTURES, epochs: EPOCHS});
  await until(page, async (half) => {
    const {epoch, step, steps_per_epoch: steps} = playground.status();
    return epoch > half && step > steps / 3;
  }, EPOCHS / 2);
  await press(page, 'pause');
  for (const name of wanted) {
    for (const widget of VIEWS[name]) await press(page, widget);
    await page.mouse.move(SIZE.width / 2, SIZE.height - 1);  // off every widget
    // Wait until replies and frames have stopped coming.
    await until(page, async () => {
      const frames = app._app_frames();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return app._app_frames() === frames;
    });
    const {data} = await devtools.send('Page.captureScreenshot', {
      format: 'webp', quality: QUALITY, clip: {x: 0, y: 0, ...SIZE, scale: SHARPNESS},
    });
    const content = Buffer.from(data, 'base64');
    await writeFile(fileURLToPath(new URL(`../../assets/${name}.webp`, import.meta.url)), content);
    console.log(`assets/${name}.webp: ${(content.length / 1024).toFixed(0)} kB`);
  }
} finally {
  await browser.close();
  site.close();
}
