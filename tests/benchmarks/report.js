// The bench's output: text tables of the object that --json writes.
import {median, spread} from './statistics.js';

/** The project's speed goals. `must` and `aim` are multiples of the other side's rate. */
const bars = [
  {what: 'tab, training, batch 32, 1 thread, against PyTorch', a: ['tab', 1, 'train', 32], b: ['pytorch', 1, 'train', 32], must: 0.6, aim: 1.0},
  {what: 'tab, training, batch 32, 2 threads, against PyTorch', a: ['tab', 2, 'train', 32], b: ['pytorch', 2, 'train', 32], must: 0.7, aim: 1.2},
  {what: 'tab, training, batch 10, 1 thread, against PyTorch', a: ['tab', 1, 'train', 10], b: ['pytorch', 1, 'train', 10], must: 0.65, aim: 1.0},
  {what: 'tab, training, batch 10, 2 threads, against PyTorch', a: ['tab', 2, 'train', 10], b: ['pytorch', 2, 'train', 10], must: 0.8, aim: 1.4},
  {what: 'tab, training, batch 32, 1 thread, against the best browser peer', a: ['tab', 1, 'train', 32], b: ['browser', 1, 'train', 32], must: 2.6, aim: 4},
  {what: 'tab, training, batch 32, 2 threads, against the best browser peer', a: ['tab', 2, 'train', 32], b: ['browser', 2, 'train', 32], must: 2.6, aim: 4},
  {what: 'tab, forward, batch 32, 1 thread, against TensorFlow.js wasm', a: ['tab', 1, 'forward', 32], b: ['tfjs-wasm', 1, 'forward', 32], must: 1.2, aim: 2},
  {what: 'tab, forward, batch 32, 2 threads, against TensorFlow.js wasm', a: ['tab', 2, 'forward', 32], b: ['tfjs-wasm', 2, 'forward', 32], must: 1.2, aim: 2},
  {what: 'tab, training, batch 32, 2 threads against 1', a: ['tab', 2, 'train', 32], b: ['tab', 1, 'train', 32], must: 1.75, aim: 1.9},
  {what: 'tab, training, 1 thread, batch 10 against 64', a: ['tab', 1, 'train', 10], b: ['tab', 1, 'train', 64], must: 0.75, aim: 0.9},
  {what: 'native, training, batch 32, 1 thread, against PyTorch', a: ['native', 1, 'train', 32], b: ['pytorch', 1, 'train', 32], must: 1.5, aim: 3},
  {what: 'native, training, batch 32, 2 threads, against PyTorch', a: ['native', 2, 'train', 32], b: ['pytorch', 2, 'train', 32], must: 1.5, aim: 3},
  {what: 'tab, speedrun, batch 1024, 2 threads, against PyTorch', network: 'speedrun', a: ['tab', 2, 'train', 1024], b: ['pytorch', 2, 'train', 1024], must: 0.45, aim: 1.0},
];

/** A Markdown table. Columns are as wide as their widest cell; the first is left-aligned, the others right-aligned. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join(' | ')} |`;
  return [line(rows[0]), `|${widths.map((w, i) => i === 0 ? '-'.repeat(w + 2) : `${'-'.repeat(w + 1)}:`).join('|')}|`, ...rows.slice(1).map(line)].join('\n');
}

const whole = (rate) => rate >= 100 ? String(Math.round(rate)) : rate.toPrecision(2);
const ratio = (x) => x === undefined ? '-' : x.toFixed(2);

/** Samples in the form of the report and the JSON file. */
export function summarize(samples) {
  return samples.map(({network, mode, batch, entrant: {side, threads}, rates}) => ({
    network, mode, batch, side: side.name, label: side.label, threads, browser: Boolean(side.browser && side.name !== 'tab'),
    images_per_second: median(rates), spread: spread(rates), rates}));
}

/** Looks up a result; the side "browser" stands for the fastest browser peer. */
function find(results, network, [side, threads, mode, batch]) {
  const there = results.filter((r) => r.network === network && r.mode === mode && r.batch === batch && r.threads === threads);
  const rows = side === 'browser' ? there.filter((r) => r.browser) : there.filter((r) => r.side === side);
  return [...rows].sort((p, q) => q.images_per_second - p.images_per_second)[0];
}

export function evaluateBars(results) {
  return bars.flatMap(({what, network = 'tutorial', a, b, must, aim}) => {
    const [ours, theirs] = [find(results, network, a), find(results, network, b)];
    if (!ours || !theirs) return [];
    return [{what, ratio: ours.images_per_second / theirs.images_per_second, must, aim}];
  });
}

export function rateTables(results) {
  const parts = [];
  const groups = new Map();
  for (const r of results) {
    const key = `${r.network}, ${r.mode === 'train' ? 'training' : 'forward'}, batch ${r.batch}`;
    groups.set(key, [...(groups.get(key) ?? []), r]);
  }
  for (const [title, rows] of groups) {
    const of = (side, threads) => find(results, rows[0].network, [side, threads, rows[0].mode, rows[0].batch]);
    const against = (r, side) => ratio(of(side, r.threads) && r.images_per_second / of(side, r.threads).images_per_second);
    parts.push(table([
      [title, 'threads', 'images/s', 'spread', 'of PyTorch', 'of best in browser'],
      ...[...rows].sort((p, q) => q.images_per_second - p.images_per_second).map((r) => [
        r.label, String(r.threads), whole(r.images_per_second), `${(100 * r.spread).toFixed(0)} %`, against(r, 'pytorch'), against(r, 'browser')]),
    ]));
  }
  return parts.join('\n\n');
}

export function barTable(found) {
  if (found.length === 0) return '';
  return table([['ratio of medians', 'here', 'must', 'aim', ''], ...found.map(({what, ratio: x, must, aim}) => [
    what, ratio(x), String(must), String(aim), x >= aim ? 'aim' : x >= must ? 'must' : 'missed'])]);
}

export function peakTable(peaks) {
  return table([['multiply and add, one thread', 'kernels', 'GFLOP/s'],
                ...peaks.map(({where, kernels, gflops}) => [where, kernels, gflops.toFixed(1)])]);
}

/** Time and GFLOP/s (counted as direct convolution) of each layer and pass; `share` is the share of the step. */
export function profileTable({layers, network, batch}) {
  const passes = ['forward', 'backward', 'update'];
  const all = layers.flatMap((layer) => passes.map((pass) => layer[pass].microseconds)).reduce((sum, time) => sum + time, 0);
  const cells = (layer) => passes.flatMap((pass) => {
    const {microseconds, operations} = layer[pass];
    const rate = operations > 0 && microseconds > 0 ? (operations / microseconds / 1000).toFixed(1) : '-';
    return microseconds > 0 ? [microseconds.toFixed(1), ...(pass === 'update' ? [] : [rate]), `${(100 * microseconds / all).toFixed(1)} %`]
                            : pass === 'update' ? ['-', '-'] : ['-', '-', '-'];
  });
  const busy = layers.filter((layer) => passes.some((pass) => layer[pass].microseconds > 0));
  return table([[`${network}, native, 1 thread, batch ${batch}`, 'forward us/image', 'GFLOP/s', 'share', 'backward us/image', 'GFLOP/s', 'share', 'update us/image', 'share'],
                ...busy.map((layer) => [layer.name, ...cells(layer)])]);
}

/** Summary of the result of watchFrames() in tab.js. */
export const summarizeFrames = ({gaps, tasks}) => ({
  frames: gaps.length, longest_ms: Math.max(0, ...gaps), over_50_ms: gaps.filter((gap) => gap > 50).length,
  median_ms: gaps.length ? median(gaps) : undefined, long_tasks: tasks.length, longest_task_ms: Math.max(0, ...tasks)});

export const frameText = ({frames, median_ms, longest_ms, over_50_ms, long_tasks, longest_task_ms}) =>
  `${frames} frames, median ${median_ms?.toFixed(0)} ms, longest ${longest_ms.toFixed(0)} ms, ${over_50_ms} over 50 ms (bar: 0); ` +
  `${long_tasks} long tasks, longest ${longest_task_ms.toFixed(0)} ms`;

export function checkTable({network, by, rows, tolerance}) {
  return table([[`${network}: losses of six steps, against ${by}`, 'largest difference', ''],
                ...rows.map(({name, difference, agrees}) => [name, difference.toExponential(1), agrees ? 'agrees' : `not timed (over ${tolerance})`])]);
}
