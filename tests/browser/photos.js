// Memory and time while a folder of large photos is dropped on the page, as two classes.
//   node tests/browser/photos.js [--photos N] [--megapixels N]     default 1000 of 12; makes them in a temporary folder (about 2 MB each)
// Needs what ./shell/build makes. Reports the largest resident size that each process of the browser ever had. The command only
// measures; photos.test.js has the bound, with fewer photos.
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import {launch, openPage, serve} from './chromium.js';

const KINDS = 4;  // different pictures; each file differs from all others by a comment in it
const CLASSES = ['cat', 'dog'];

/** Runs in a page: JPEG files as a camera makes them, in base64. */
async function shoot({width, height, kinds}) {
  const files = [];
  for (let kind = 0; kind < kinds; ++kind) {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    for (let i = 0; i < 4000; ++i) {
      context.fillStyle = `hsl(${(i * 37 + kind * 90) % 360} 60% ${20 + (i * 13) % 60}%)`;
      context.fillRect((i * 7919) % width, (i * 104729) % height, width / 40, height / 40);
    }
    const blob = await canvas.convertToBlob({type: 'image/jpeg', quality: 0.9});
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    files.push(btoa(text));
  }
  return files;
}

/** Writes photos into folders of their class. @returns {Promise<{folder: string, remove: () => void}>} */
export async function makePhotos(count, megapixels) {
  const browser = await launch();
  const page = await browser.newPage();
  const height = Math.round(Math.sqrt(megapixels * 1e6 * 3 / 4)), width = Math.round(height * 4 / 3);
  const kinds = (await page.evaluate(shoot, {width, height, kinds: KINDS})).map((text) => Buffer.from(text, 'base64'));
  await browser.close();
  const folder = mkdtempSync(join(tmpdir(), 'photos-'));
  for (const name of CLASSES) mkdirSync(join(folder, 'pets', name), {recursive: true});
  for (let i = 0; i < count; ++i) {
    const comment = Buffer.from([0xff, 0xfe, 0, 10, ...Buffer.from(String(i).padStart(8, '0'))]);
    const kind = kinds[i % KINDS];
    writeFileSync(join(folder, 'pets', CLASSES[i % 2], `IMG_${i}.jpg`), Buffer.concat([kind.subarray(0, 2), comment, kind.subarray(2)]));
  }
  return {folder: join(folder, 'pets'), remove: () => rmSync(folder, {recursive: true})};
}

/** Drops a file or folder of this computer on the page, as a person does. @param {import('playwright-core').Page} page @param {string[]} paths */
export async function dropPaths(page, paths) {
  const session = await page.context().newCDPSession(page);
  const data = {items: [], files: paths, dragOperationsMask: 1};
  for (const type of /** @type {const} */ (['dragEnter', 'dragOver', 'drop'])) await session.send('Input.dispatchDragEvent', {type, x: 300, y: 300, data});
  await session.detach();
}

/** The largest resident size so far, in bytes, of each process by its kind. @param {import('playwright-core').Browser} browser */
export async function largestSizes(browser) {
  const session = await browser.newBrowserCDPSession();
  const {processInfo} = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.flatMap(({id, type}) => {
    try {
      return [{type, bytes: 1024 * Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0)}];
    } catch {
      return [];  // it has just ended
    }
  });
}

/** Runs in the page: what the page says of a load, from now on in window.told. */
export function listen() {
  window.told = {progress: [], datasets: [], failures: []};
  let replayed = true;
  trainer.observe(({type, args}) => {
    if (replayed) return;
    if (type === 'load_progress') told.progress.push(args);
    if (type === 'dataset' && args.complete !== false) told.datasets.push(args);
    if (type === 'failure') told.failures.push(args.message);
  });
  replayed = false;
}

async function main() {
  const {values} = parseArgs({options: {photos: {type: 'string', default: '1000'}, megapixels: {type: 'string', default: '12'}}});
  const photos = Number(values.photos);
  const {folder, remove} = await makePhotos(photos, Number(values.megapixels));
  const site = await serve();
  const browser = await launch();
  const MB = (/** @type {number} */ bytes) => `${Math.round(bytes / 1e6)} MB`;
  try {
    const {page, complaints} = await openPage(browser, site.origin);
    await page.evaluate(() => playground.load({source: 'sample', limit: 30}));  // not the page's own, which would end later
    await page.evaluate(listen);
    const before = await largestSizes(browser);
    const start = Date.now();
    await dropPaths(page, [folder]);
    /** @type {Map<string, number>} */
    const largest = new Map();
    for (;;) {
      for (const {type, bytes} of await largestSizes(browser)) largest.set(type, Math.max(largest.get(type) ?? 0, bytes));
      const {done, last} = await page.evaluate(() => ({done: told.datasets.length > 0 || told.failures.length > 0, last: told.progress.at(-1)}));
      if (done) break;
      if (last) console.log(`${last.records} photos, ${MB(last.received)} of ${MB(last.total ?? 0)}, ${Math.round(last.seconds_left ?? NaN)} s left; largest process ${MB(Math.max(...largest.values()))}`);
      await new Promise((resolve) => setTimeout(resolve, 5000));
    }
    const {datasets, failures} = await page.evaluate(() => told);
    console.log(`${photos} photos of ${values.megapixels} megapixels in ${Math.round((Date.now() - start) / 1000)} s:`,
        datasets.map(({class_names: names, train, test}) => `${names.join(' and ')}, ${train.count} to train, ${test.count} to test`).join(), ...failures, ...complaints);
    console.log(`before: ${before.map(({type, bytes}) => `${type} ${MB(bytes)}`).join(', ')}`);
    console.log(`largest: ${[...largest].map(([type, bytes]) => `${type} ${MB(bytes)}`).join(', ')}`);
  } finally {
    await browser.close();
    site.close();
    remove();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
