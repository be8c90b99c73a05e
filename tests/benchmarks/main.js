// ./tests/bench: all sides in one run, interleaved. See README.md beside this file.
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {makeServer} from '../../shell/server.js';
import {launchChromium} from './chromium.js';
import {writeFixture} from './fixture.js';
import {tutorial} from './keras.js';
import {checkedSteps, checkLosses, named, openAll, timeAll, tolerance} from './measure.js';
import {barTable, checkTable, evaluateBars, rateTables, summarize} from './report.js';
import {sides} from './sides.js';
import {parseOptions} from './statistics.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../..');
const fixture = path.join(root, 'build/bench/fixture');

/** What is timed when nothing else is asked for: about eleven minutes on two cores; --quick about two. */
const plans = {
  full: {
    tutorial: {batches: [10, 32, 64, 128], repetitions: 5, seconds: 0.5},
    slow: {batches: [10], repetitions: 2, seconds: 0.1, settle: 0},
  },
  quick: {tutorial: {batches: [10, 32], repetitions: 3, seconds: 0.3}},
};

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

async function main() {
  const options = parseOptions(process.argv.slice(2), {sides: sides.map(({name}) => name), networks: ['tutorial', 'vgg_bn', 'speedrun']});
  const plan = options.quick ? plans.quick : plans.full;
  const log = (text) => console.error(text);
  const began = Date.now();

  const networks = await writeFixture(fixture, {tutorial});
  const server = await makeServer({root: here, data: fixture});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await launchChromium();
  const about = machine(browser.version);
  const asked = (side) => (!options.only || options.only.includes(side.name)) && !(options.quick && side.slow);
  const entrants = await openAll(sides.filter(asked), {browser, peerSite: `http://localhost:${server.address().port}`, fixture, networks}, log);

  const samples = [], checks = [];
  try {
    log('Comparing losses ...');
    checks.push(await checkLosses(entrants, 'tutorial', {batch: 32, slowBatch: 10}, log));
    const fast = entrants.filter(({side}) => !side.slow), slow = entrants.filter(({side}) => side.slow);
    for (const batch of options.batch ?? plan.tutorial.batches) {
      log(`Timing, batch ${batch} ...`);
      await timeAll(fast, {network: 'tutorial', ...plan.tutorial, batch}, samples, log);
    }
    for (const batch of plan.slow?.batches ?? []) {
      log(`Timing the slow ones, batch ${batch} ...`);
      await timeAll(slow, {network: 'tutorial', ...plan.slow, batch}, samples, log);
    }
  } finally {
    for (const {host} of entrants) await host?.close();
    await browser.close();
    server.closeAllConnections();
    server.close();
  }

  const results = summarize(samples), found = evaluateBars(results);
  const report = {
    machine: about, date: new Date().toISOString(), minutes: (Date.now() - began) / 60000, tolerance, checked_steps: checkedSteps,
    versions: Object.fromEntries(entrants.filter((e) => e.versions).map((e) => [e.side.name, e.versions])),
    not_run: entrants.filter((e) => e.failure).map((e) => ({side: named(e), reason: e.failure})),
    checks, results, bars: found,
  };
  console.log(`${about.cpu}, ${about.cores} cores, ${about.memory_gib} GiB; ${about.system}; Chromium ${about.chromium}; Node ${about.node}; load before: ${about.load.toFixed(1)}`);
  for (const {side, versions} of new Map(entrants.filter((e) => e.versions).map((e) => [e.side, e])).values())
    console.log(`${side.label}: ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}`);
  for (const {side, reason} of report.not_run) console.log(`${side}: not timed: ${reason}`);
  console.log(`\n${checks.map((check) => checkTable({...check, tolerance})).join('\n\n')}\n`);
  console.log(`${rateTables(results)}\n`);
  console.log(barTable(found));
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
