// Random tester of the page: sequences of calls, presses, keys, loads, aborts, reloads, ends of the worker and of the app, and of
// a second tab, against what must hold (random/page_checker.js). What fails is shrunk to its shortest form and printed as JSON.
//   node tests/browser/random_page.js [--minutes N] [--seed S] [--sequence JSON] [--keep] [--whole] [--site FOLDER] [--verbose]
//     --minutes   default 60              --seed      of the first sequence; the next have the next numbers
//     --sequence  replays one: a line that was printed, or its list of steps
//     --keep      adds what fails to random_page_cases.json, which random_page.test.js replays
//     --whole     does not shrink what fails, which takes a minute or more for each
//     --site      a folder with another built site than dist/
// Needs what ./shell/build makes.
import {readFile, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import {launch, processes, serve} from './chromium.js';
import {createDriver} from './random/page_driver.js';
import {shrink} from './random/shrink.js';
import {sequenceOf, simpler} from './random/steps.js';
import {memoryOf} from './soak.js';

export const CASES = new URL('random_page_cases.json', import.meta.url);
const ON_ONE_PAGE = 40;  // sequences before a new page begins
const TRIES = 40;  // to shrink one failure; each opens a page
const BEFORE = 10;  // sequences on the same page that may take part in a failure
// Of the page after a garbage collection, of the app's memory, of all processes: a page that leaked any of a checkpoint, a data
// set or a worker for each of some hundred sequences would exceed them.
const MOST = {heap: 40e6, app: 300e6, all: 2.5e9};

/** @typedef {import('./random/steps.js').Step} Step */
/** @typedef {{seed?: number, kind: string, text: string, steps: Step[]}} Failure */

/** No host but this machine is reached: what the page asks of others fails at once. */
export const launchAlone = () => launch({args: ['--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost, EXCLUDE 127.0.0.1']});

/**
 * @param {object} options
 * @param {number} options.seed of the first sequence
 * @param {(sequences: number) => boolean} options.more whether to continue after so many
 * @param {{shortest?: number, longest?: number}} [options.length]
 * @param {boolean} [options.shrinks]
 * @param {string} [options.site] a folder with another built site than dist/
 * @param {(line: string) => void} [options.log]
 */
export async function testAtRandom({seed, more, length, shrinks = true, site: root, log = () => {}}) {
  const browser = await launchAlone();
  const site = await serve({root});
  const driver = await createDriver({browser, origin: site.origin});
  /** @type {Failure[]} */
  const failures = [];
  /** @type {Step[][]} of the present page */
  let earlier = [];
  let sequences = 0, steps = 0;
  try {
    for (; more(sequences); ++sequences) {
      const sequence = sequenceOf(seed + sequences, length);
      steps += sequence.length;
      const violations = await driver.run(sequence);
      if (driver.sequences() === 1) earlier = [];
      earlier.push(sequence);
      if (violations.length > 0) {
        const [{kind, text}] = violations;
        log(`seed ${seed + sequences}: ${kind}: ${text}`);
        const known = failures.some((one) => alike(one.text, text));  // once is enough: it takes minutes
        const shortest = shrinks && !known ? await shortestOf(driver, kind, earlier.slice(-BEFORE)) : sequence;
        const failure = {seed: seed + sequences, kind, text, steps: shortest};
        failures.push(failure);
        log(JSON.stringify(failure));
        driver.wear();
      } else if (driver.sequences() >= ON_ONE_PAGE) {
        const memory = {...await driver.memory(), all: memoryOf(await processes(browser))};
        log(`${sequences + 1} sequences; ${Object.entries(memory).map(([of, bytes]) => `${of} ${(bytes / 1e6).toFixed(0)} MB`).join(', ')}`);
        for (const [of, bytes] of Object.entries(memory)) {
          if (bytes > MOST[/** @type {keyof typeof MOST} */ (of)]) failures.push({kind: 'memory', text: `${of}: ${bytes} bytes`, steps: []});
        }
        driver.wear();
      }
    }
  } finally {
    await driver.close();
    await browser.close();
    site.close();
  }
  return {sequences, steps, failures};
}

/** Whether two texts differ in numbers and ends only. @param {string} one @param {string} other */
const alike = (one, other) => plain(one) === plain(other);
/** @param {string} text */
const plain = (text) => text.replace(/[\d.]+/g, '#').slice(0, 80);

/**
 * The shortest form that still fails in the same way on a new page: of the last sequence alone if that does, or else with those
 * before it. As it was, if neither does.
 * @param {Awaited<ReturnType<typeof createDriver>>} driver @param {string} kind @param {Step[][]} earlier the last one failed
 */
async function shortestOf(driver, kind, earlier) {
  const fails = async (/** @type {Step[]} */ steps) => (await driver.run(steps, {fresh: true})).some((one) => one.kind === kind);
  const twice = async (/** @type {Step[]} */ steps) => await fails(steps) || fails(steps);  // much depends on the moment
  for (const from of new Set([earlier.length - 1, 0])) {
    const steps = earlier.slice(from).flatMap((sequence) => [...sequence, /** @type {Step} */ ({do: 'rest'})]).slice(0, -1);
    if (await twice(steps)) return shrink(steps, fails, {simpler, most: TRIES});
  }
  return earlier[earlier.length - 1];
}

/** @param {Step[]} steps @param {string} [root] a folder with another built site than dist/ */
export async function replay(steps, root) {
  const browser = await launchAlone();
  const site = await serve({root});
  const driver = await createDriver({browser, origin: site.origin});
  try {
    return await driver.run(steps);
  } finally {
    await driver.close();
    await browser.close();
    site.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {values} = parseArgs({options: {
    minutes: {type: 'string', default: '60'}, seed: {type: 'string'}, sequence: {type: 'string'}, site: {type: 'string'}, whole: {type: 'boolean', default: false}, keep: {type: 'boolean', default: false},
    verbose: {type: 'boolean', default: false},
  }});
  if (values.sequence) {
    const given = JSON.parse(values.sequence);
    const violations = await replay(given.steps ?? given, values.site);
    for (const {kind, text} of violations) console.log(`${kind}: ${text}`);
    console.log(violations.length === 0 ? 'all holds' : `FAILED: ${violations.length} violations`);
    process.exitCode = violations.length === 0 ? 0 : 1;
  } else {
    const end = Date.now() + 60_000 * Number(values.minutes);
    const seed = Number(values.seed ?? Date.now() % 1e9);
    console.log(`seed ${seed}`);
    const begun = Date.now();
    const {sequences, steps, failures} = await testAtRandom({seed, more: () => Date.now() < end, site: values.site, shrinks: !values.whole, log: values.verbose ? console.log : undefined});
    const minutes = (Date.now() - begun) / 60_000;
    for (const failure of failures) console.log(JSON.stringify(failure));
    console.log(`${sequences} sequences of ${steps} steps in ${minutes.toFixed(1)} minutes, ${(sequences / minutes).toFixed(0)} a minute; ${failures.length} violations`);
    if (values.keep && failures.length > 0) {
      const cases = JSON.parse(await readFile(CASES, 'utf8'));
      cases.push(...failures.map(({kind, text, steps}) => ({kind, text, steps})));
      await writeFile(CASES, `[\n${cases.map((/** @type {any} */ one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`);
    }
    process.exitCode = failures.length === 0 ? 0 : 1;
  }
}
