// ./tests/bench: times all sides in one run, interleaved. See README.md beside this file.
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {makeServer} from '../../shell/server.js';
import {launchChromium} from './chromium.js';
import {measureData} from './data.js';
import {writeNetworks, writePictures} from './fixture.js';
import {openNative} from './hosts.js';
import {tutorial, withoutAugmentation} from './keras.js';
import {measurePeaks} from './peak.js';
import {checkedSteps, checkLosses, named, openAll, timeAll} from './measure.js';
import {barTable, checkTable, evaluateBars, frameText, peakTable, profileTable, rateTables, summarize, summarizeFrames} from './report.js';
import {sides} from './sides.js';
import {measureStart} from './start.js';
import {parseOptions} from './statistics.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../..');
const fixture = path.join(root, 'build/bench/fixture');

/** The default plan takes about eleven minutes on two cores, --quick about two. */
const plans = {
  full: {
    tutorial: {batches: [10, 32, 64, 128], repetitions: 5, seconds: 0.5},
    vgg_bn: {batches: [32], repetitions: 3, seconds: 1},
    speedrun: {batches: [1024], repetitions: 2, seconds: 0.1, settle: 1, modes: ['train']},
    slow: {batches: [10], repetitions: 2, seconds: 0.1, settle: 0},
  },
  quick: {tutorial: {batches: [10, 32], repetitions: 3, seconds: 0.3}},
};

/** The record recipe's optimizer; the other networks train with Adam. */
const optimizers = {speedrun: {class_name: 'SGD', config: {learning_rate: 0.01, momentum: 0.85, nesterov: true}}};

/** {name: {config, optimizer}}: the core's presets, without augmentation. */
async function presets(names, programs) {
  const core = await openNative({}, 1, {fixture, programs, networks: {}});
  const wanted = {tutorial: {config: tutorial}};
  for (const name of names)
    wanted[name] = {config: withoutAugmentation(await core.ask({do: 'config', name})), optimizer: optimizers[name]};
  core.close();
  return wanted;
}

function machine(browserVersion) {
  const cpu = os.cpus()[0]?.model ?? 'unknown processor';
  const memory = Math.round(os.totalmem() / 2 ** 30);
  const system = existsSync('/etc/os-release') ? /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] : os.platform();
  let emcc;
  try {
    emcc = execFileSync('emcc', ['--version'], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).split('\n')[0];
  } catch {
    emcc = undefined;
  }
  return {cpu, cores: os.cpus().length, memory_gib: memory, system, kernel: os.release(), chromium: browserVersion, node: process.version, emcc,
          load: os.loadavg()[0]};
}

/** Frame times of the page while it trains with one thread. */
async function watchFrames(entrants, log) {
  const tab = entrants.find(({side, threads, host}) => side.name === 'tab' && threads === 1 && host);
  if (!tab) return undefined;
  log('Watching frames while the page trains ...');
  return summarizeFrames(await tab.host.frames({network: 'tutorial', batch: 32, seconds: 4}));
}

/** The time per layer of a step in the native core, for each network. */
async function profile(entrants, networks) {
  const native = entrants.find(({side, threads, host}) => side.name === 'native' && threads === 1 && host);
  const asked = native ? networks.filter((network) => !native.failures[network]) : [];
  const profiles = [];
  for (const network of asked) profiles.push({network, batch: 32, ...await native.host.ask({do: 'profile', network, batch: 32, seconds: 1})});
  return profiles;
}

async function main() {
  const options = parseOptions(process.argv.slice(2), {sides: sides.map(({name}) => name), networks: Object.keys(plans.full).filter((n) => n !== 'slow')});
  const plan = options.quick ? plans.quick : plans.full;
  const timed = options.network ?? Object.keys(plan).filter((name) => name !== 'slow');
  const log = (text) => console.error(text);
  const began = Date.now();

  const programs = path.join(root, 'build/native/tests/benchmarks');
  await writePictures(fixture);  // before the native side starts, because it opens them
  const networks = await writeNetworks(fixture, await presets(timed.filter((name) => name !== 'tutorial'), programs));
  const servers = [];
  const serve = async (folders) => {
    const server = await makeServer(folders);
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://localhost:${server.address().port}`;
  };
  const browser = await launchChromium();
  const context = {browser, fixture, networks, programs, peerSite: await serve({root: here, data: fixture}),
                   site: await serve({root: path.join(root, 'dist'), data: fixture}),
                   wasmPeak: await serve({root: here, data: path.join(root, 'build')})};
  const about = machine(browser.version);
  const peaks = await measurePeaks(context);
  const asked = (side) => (!options.only || options.only.includes(side.name)) && !(options.quick && side.slow);
  const entrants = await openAll(sides.filter(asked), context, log);

  const samples = [], checks = [];
  let frames, start, data, profiles = [];
  try {
    for (const network of timed) {
      log(`${network}: comparing losses ...`);
      checks.push(await checkLosses(entrants, network, {batch: 32, slowBatch: 10}, log));
    }
    const fast = entrants.filter(({side}) => !side.slow), slow = entrants.filter(({side}) => side.slow);
    for (const network of timed) {
      const how = plan[network] ?? plans.full[network];
      for (const batch of options.batch ?? how.batches) {
        log(`${network}: timing, batch ${batch} ...`);
        await timeAll(fast, {network, ...how, batch}, samples, log);
      }
    }
    for (const batch of plan.slow?.batches ?? []) {
      log(`timing the slow ones, batch ${batch} ...`);
      await timeAll(slow, {network: 'tutorial', ...plan.slow, batch}, samples, log);
    }
    profiles = await profile(entrants, timed);
    if (timed.includes('tutorial')) {
      frames = await watchFrames(entrants, log);
      log('Opening the page for the first time, five times ...');
      start = await measureStart(browser, context.site);
      log('Drawing sample pictures and scrolling through them ...');
      data = await measureData(browser, context);
    }
  } finally {
    for (const {host} of entrants) await host?.close();
    await browser.close();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  const results = summarize(samples), found = evaluateBars(results);
  const report = {
    machine: about, date: new Date().toISOString(), minutes: (Date.now() - began) / 60000, checked_steps: checkedSteps,
    versions: Object.fromEntries(entrants.filter((e) => e.versions).map((e) => [e.side.name, e.versions])),
    not_run: entrants.flatMap((e) => [
      ...(e.failure ? [{side: named(e), reason: e.failure}] : []),
      ...Object.entries(e.failures).map(([network, reason]) => ({side: named(e), network, reason}))]),
    peaks, checks, results, bars: found, profiles, frames, start, data,
  };
  console.log(`${about.cpu}, ${about.cores} cores, ${about.memory_gib} GiB; ${about.system}; Chromium ${about.chromium}; Node ${about.node}; load before: ${about.load.toFixed(1)}`);
  for (const {side, versions} of new Map(entrants.filter((e) => e.versions).map((e) => [e.side, e])).values())
    console.log(`${side.label}: ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}`);
  for (const {side, network, reason} of report.not_run) console.log(`${side}: not timed${network ? ` on ${network}` : ''}: ${reason}`);
  console.log(`\n${peakTable(peaks)}`);
  console.log(`\n${checks.map(checkTable).join('\n\n')}\n`);
  console.log(`${rateTables(results)}\n`);
  console.log(barTable(found));
  for (const one of profiles) console.log(`\n${profileTable(one)}`);
  if (frames) console.log(`\nMain thread while the page trains with one thread: ${frameText(frames)}`);
  if (start) {
    console.log(`A first visit, served locally: first paint after ${start.first_paint.toFixed(0)} ms (bar: 1000), ready after ${start.ready.toFixed(0)} ms, ` +
                `first training step on the sample pictures after ${start.first_step.toFixed(0)} ms (bar: 2000); medians of five`);
  }
  if (data) {
    console.log(`Sample pictures: 10,000 drawn in ${data.native.toFixed(2)} s natively, ${data.tab.toFixed(2)} s in the tab (bar: 1), one thread; the least of five`);
    console.log(`Main thread while the wheel scrolls through them: ${frameText(data.frames)}`);
  }
  if (options.json) {
    await mkdir(path.dirname(path.resolve(options.json)), {recursive: true});
    await writeFile(options.json, `${JSON.stringify(report, null, 1)}\n`);
  }
}

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
process.exit(0);
