// Downloads the official CIFAR-10 archive, with progress, resumption and checksum: node shell/fetch_cifar10.js FOLDER
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {mkdir, open, rename, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const NAME = 'cifar-10-binary.tar.gz';
const OFFICIAL = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz';
const MD5 = 'c32a1d4ab5d03f1284b67883e8d87530';  // as published on https://www.cs.toronto.edu/~kriz/cifar.html
const ATTEMPTS = 5;

async function md5(/** @type {string} */ path) {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

const sizeOf = (/** @type {string} */ path) => stat(path).then(({size}) => size, () => 0);

/**
 * Appends the missing rest of a file. @returns {Promise<boolean>} whether the file is complete
 * @param {string} url @param {string} path @param {(received: number, total: number | null) => void} onProgress
 */
async function download(url, path, onProgress) {
  const start = await sizeOf(path);
  const response = await fetch(url, {headers: start ? {Range: `bytes=${start}-`} : {}});
  if (response.status === 416) return true;  // no bytes left to send; the checksum decides
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  const resumes = response.status === 206;
  const length = Number(response.headers.get('content-length')) || null;
  let received = resumes ? start : 0;
  const total = length && received + length;
  const file = await open(path, resumes ? 'a' : 'w');
  try {
    for await (const chunk of response.body) {
      await file.write(chunk);
      received += chunk.length;
      onProgress(received, total);
    }
  } finally {
    await file.close();
  }
  return total === null || received === total;
}

/**
 * Downloads the archive, unless it is already there, and returns its path.
 * @param {object} options
 * @param {string} options.folder
 * @param {string} [options.url]
 * @param {string} [options.expected] MD5
 * @param {(received: number, total: number | null) => void} [options.onProgress]
 */
export async function fetchArchive({folder, url = OFFICIAL, expected = MD5, onProgress = () => {}}) {
  const target = join(folder, NAME);
  if (await sizeOf(target) && await md5(target) === expected) return target;
  await mkdir(folder, {recursive: true});
  const part = `${target}.part`;
  let before = await sizeOf(part);
  for (let attempt = 1;;) {
    /** @type {unknown} */
    let problem = 'the connection ended early';
    try {
      if (await download(url, part, onProgress)) break;
    } catch (error) {
      problem = error;
    }
    const now = await sizeOf(part);
    attempt = now > before ? 1 : attempt + 1;  // keep trying while data arrives
    before = now;
    if (attempt > ATTEMPTS) {
      throw new Error(`${url} could not be fetched: ${problem}. The part that arrived is kept; run this again to resume.`);
    }
  }
  const found = await md5(part);
  if (found !== expected) {
    await rm(part);
    throw new Error(`${url} is not the official archive: its MD5 is ${found}, expected ${expected}. ` +
                    'The download was deleted; run this again.');
  }
  await rename(part, target);
  return target;
}

/** Returns a function that shows progress on one line of the terminal: megabytes and time left. */
function progressLine() {
  const began = performance.now();
  let first = /** @type {number | null} */ (null);
  let shown = 0;
  return (/** @type {number} */ received, /** @type {number | null} */ total) => {
    first ??= received;
    const now = performance.now();
    if (now - shown < 200 && received !== total) return;
    shown = now;
    const rate = (received - first) / (now - began) * 1000;
    const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
    const left = total && rate > 0 ? `, ${Math.ceil((total - received) / rate)} s left` : '';
    process.stderr.write(`\r${megabytes(received)}${total ? ` of ${megabytes(total)}` : ''} MB${left}    `);
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const url = process.env.CIFAR10_URL || OFFICIAL;
    console.log(`Fetching ${url}`);
    const path = await fetchArchive({folder: process.argv[2], url, onProgress: process.stderr.isTTY ? progressLine() : undefined});
    console.log(`\n${path}\nUse it with: ./shell/serve --data ${path}`);
  } catch (error) {
    console.error(`\n${/** @type {Error} */ (error).message}`);
    process.exit(1);
  }
}
