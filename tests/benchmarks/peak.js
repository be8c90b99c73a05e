// Measures the machine's multiply-and-add peak, natively and in Chromium, with the same program (peak.cpp).
import {execFile} from 'node:child_process';
import path from 'node:path';
import {promisify} from 'node:util';

const read = (where, lines) => lines.filter(Boolean).map((line) => line.split(' ')).map(([kernels, rate]) => ({where, kernels, gflops: Number(rate)}));

/** Runs in the page: starts the program in a worker. @param {string} program */
function inWorker(program) {
  const source = `import create from '${program}';
    const lines = [];
    await create({print: (line) => lines.push(line)});
    postMessage(lines);`;
  return new Promise((resolve, reject) => {
    const worker = new Worker(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})), {type: 'module'});
    worker.onmessage = ({data}) => { worker.terminate(); resolve(data); };
    worker.onerror = ({message}) => reject(new Error(message || 'the worker failed'));
  });
}

export async function measurePeaks({browser, programs, wasmPeak}, variants = ['wasm-simd', 'wasm-relaxed']) {
  const {stdout} = await promisify(execFile)(path.join(programs, 'bench_peak'));
  const peaks = read('native', stdout.split('\n'));
  const page = await browser.newPage();
  await page.goto(`${wasmPeak}/peer.html?peer=none`);
  for (const variant of variants) {
    const program = `${wasmPeak}/data/${variant}/tests/benchmarks/bench_peak.js`;
    if ((await fetch(program, {method: 'HEAD'})).ok) peaks.push(...read(`Chromium, ${variant}`, await page.evaluate(inWorker, program)));
  }
  await page.close();
  return peaks;
}
