// Soak test: trains, builds, evaluates, exports, imports and inspects, over and over, and checks that memory and throughput
// stay flat.
//   node tests/browser/soak.js [--minutes N] [--verbose]     default 60; fails when one of them is not flat
// Needs what ./shell/build makes. Throughput is counted per second of processor time, so other load matters little.
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import {launch, openPage, processes, serve} from './chromium.js';
import {press} from './widgets.js';

const WARM_UP = 0.25;  // share of the run: code is compiled, heaps reach their size
// Largest statistically certain change over the run: memory up, throughput down. A leaked checkpoint of the tutorial's network,
// 13 MB a round, would be hundreds of percent in an hour; processors change their clock by a few percent.
const MOST_GROWTH = 0.05, MOST_LOSS = 0.1;
// The page's heap is two megabytes, so it is judged in bytes a round. A round has dozens of messages; leaking them would exceed
// this. About 200 bytes are known: Dear ImGui creates a vertex array for each frame, and Emscripten's table of them grows by
// one entry each time.
const MOST_HEAP_A_ROUND = 2000;
// The page's own code is interpreted only: code that V8 compiles over hours counts as heap and would hide a leak of a few bytes
// a round.
const INTERPRETED = '--js-flags=--no-turbofan --no-maglev --no-sparkplug';

/** Runs in the page: one round of everything that allocates. @returns {Promise<number>} pictures trained on */
async function oneRound(round) {
  let pictures = 0;
  await playground.load({source: 'sample', limit: 400, seed: round});
  for (const preset of ['tutorial_small', 'tutorial']) {
    await playground.build(preset);
    const history = await playground.fit({epochs: 2, batch_size: 20, seed: round});
    await playground.evaluate();
    await playground.predict(new Uint8Array(3072 * 50));
    await trainer.request('predictions', {split: 'test', sort: 'loss', offset: 0, count: 40});
    const {files} = await playground.export('safetensors');
    await playground.import(files);
    await playground.fit({epochs: 1, batch_size: 40});
    pictures += 400 * (history.length + 1);
  }
  return pictures;
}

/**
 * Bytes of all the browser's processes, shared pages counted once, without the pages of its program file, whose share
 * depends on which other browsers run.
 * @param {number[]} pids
 */
export function memoryOf(pids) {
  let kilobytes = 0;
  for (const pid of pids) {
    try {
      const parts = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Pss_(?:Anon|Shmem): +(\d+)/gm);
      for (const [, part] of parts) kilobytes += Number(part);
    } catch { /* it has just ended */ }
  }
  return kilobytes * 1024;
}

const middle = (/** @type {number[]} */ sorted) => (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;

/**
 * How fast the values change: the Theil-Sen slope (the median of the slopes of all pairs) with its 95 % interval from
 * Kendall's ranks. It is robust against outliers and needs no model of the noise.
 * @param {number[]} times @param {number[]} values
 */
function slope(times, values) {
  const n = values.length;
  const slopes = [];
  for (let i = 0; i < n; ++i) for (let j = i + 1; j < n; ++j) slopes.push((values[j] - values[i]) / (times[j] - times[i]));
  slopes.sort((a, b) => a - b);
  const spread = 1.96 * Math.sqrt(n * (n - 1) * (2 * n + 5) / 18) / 2;
  const rank = (/** @type {number} */ at) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(at)))];
  const half = (slopes.length - 1) / 2;
  return {change: middle(slopes), low: rank(half - spread), high: rank(half + spread)};
}

/** Change of the values from first to last, as a share of their median. @param {number[]} times @param {number[]} values */
export function trend(times, values) {
  const {change, low, high} = slope(times, values);
  const scale = (times[times.length - 1] - times[0]) / middle([...values].sort((a, b) => a - b));
  return {change: change * scale, low: low * scale, high: high * scale};
}

/** @param {{minutes: number, log?: (line: string) => void}} options */
export async function soak({minutes, log = () => {}}) {
  const browser = await launch({args: [INTERPRETED]});
  const site = await serve();
  try {
    const {page, context, complaints} = await openPage(browser, site.origin, {painted: true});
    const devtools = await context.newCDPSession(page);
    const whole = await browser.newBrowserCDPSession();
    const rendererSeconds = async () => {
      const {processInfo} = await whole.send('SystemInfo.getProcessInfo');
      return Math.max(...processInfo.filter(({type}) => type === 'renderer').map(({cpuTime}) => cpuTime));
    };
    const begun = performance.now(), end = begun + 60_000 * minutes;
    /** @type {{time: number, memory: number, heap: number, rate: number}[]} */
    const samples = [];
    for (let round = 1; performance.now() < end || samples.length < 8; ++round) {
      await press(page, ['tab/curves', 'tab/matrix', 'tab/predictions'][round % 3]);
      const before = await rendererSeconds();
      const pictures = await page.evaluate(oneRound, round);
      const rate = pictures / (await rendererSeconds() - before);
      await devtools.send('HeapProfiler.collectGarbage');
      const {usedSize: heap} = await devtools.send('Runtime.getHeapUsage');
      samples.push({time: (performance.now() - begun) / 1000, memory: memoryOf(await processes(browser)), heap, rate});
      const {time, memory} = samples[samples.length - 1];
      log(`${time.toFixed(0)} s: ${(memory / 1e6).toFixed(0)} MB, page's heap ${(heap / 1e6).toFixed(1)} MB, ${rate.toFixed(0)} pictures a processor second`);
    }
    const warm = samples.filter(({time}) => time > WARM_UP * samples[samples.length - 1].time);
    const of = (/** @type {'memory' | 'rate'} */ what) => trend(warm.map(({time}) => time), warm.map((sample) => sample[what]));
    const [memory, throughput] = [of('memory'), of('rate')];
    const heap = slope(warm.map((_, round) => round), warm.map(({heap}) => heap));  // bytes a round
    return {
      rounds: samples.length, memory, heap, throughput, complaints, bytes: samples[samples.length - 1].memory,
      flat: {memory: memory.low < MOST_GROWTH && heap.low < MOST_HEAP_A_ROUND, throughput: throughput.high > -MOST_LOSS},
    };
  } finally {
    await browser.close();
    site.close();
  }
}

/** @param {Awaited<ReturnType<typeof soak>>} result */
export function describeSoak({rounds, memory, heap, throughput, bytes}) {
  const percent = (/** @type {number} */ share) => `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)} %`;
  const line = (/** @type {ReturnType<typeof trend>} */ {change, low, high}) => `${percent(change)} (${percent(low)} to ${percent(high)})`;
  return `${rounds} rounds, ${(bytes / 1e6).toFixed(0)} MB at the end; from a quarter of the run to its end: memory of all processes ` +
      `${line(memory)}, page's heap ${heap.change.toFixed(0)} bytes a round (${heap.low.toFixed(0)} to ${heap.high.toFixed(0)}), ` +
      `pictures a processor second ${line(throughput)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {values} = parseArgs({options: {minutes: {type: 'string', default: '60'}, verbose: {type: 'boolean', default: false}}});
  const result = await soak({minutes: Number(values.minutes), log: values.verbose ? console.log : undefined});
  console.log(describeSoak(result));
  for (const [what, flat] of Object.entries(result.flat)) if (!flat) console.log(`FAILED: ${what} is not flat`);
  if (result.complaints.length) console.log(`FAILED: ${result.complaints.join('\n')}`);
  process.exitCode = result.flat.memory && result.flat.throughput && result.complaints.length === 0 ? 0 : 1;
}
