// The random tester of the page (random_page.js): sequences that failed once, and RANDOM_SEQUENCES more from the seed
// RANDOM_SEED. ./tests/browser/random_page.js is the long form.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {after, before, describe, test} from 'node:test';

import {serve} from './chromium.js';
import {createDriver} from './random/page_driver.js';
import {CODES} from './random/rules.js';
import {shrink} from './random/shrink.js';
import {sequenceOf, simpler} from './random/steps.js';
import {CASES, launchAlone, testAtRandom} from './random_page.js';

const SEQUENCES = Number(process.env.RANDOM_SEQUENCES ?? 150);
const LENGTH = {shortest: 2, longest: 6};

describe('random sequences: the tester itself', () => {
  test('a seed determines the whole sequence, and JSON can represent it', () => {
    for (let seed = 0; seed < 200; ++seed) {
      const steps = sequenceOf(seed);
      assert.deepEqual(sequenceOf(seed), steps);
      assert.deepEqual(JSON.parse(JSON.stringify(steps)), steps);
    }
    assert.notDeepEqual(sequenceOf(1), sequenceOf(2));
  });

  test('every call of the interface and every kind of step is among the sequences', async () => {
    const steps = Array.from({length: 3000}, (_, seed) => sequenceOf(seed)).flat();
    const document = await readFile(new URL('../../assets/docs/scripting.md', import.meta.url), 'utf8');
    const calls = [...document.matchAll(/^## (\w+)$/gm)].map(([, name]) => name).filter((name) => !/^(ready|status|\w+EventListener)$/.test(name));
    assert.deepEqual([...new Set(steps.filter((step) => step.do === 'call').map(({name}) => name))].sort(), calls.sort());
    assert.deepEqual(Object.keys(CODES).sort(), calls.sort());
    for (const kind of ['abort', 'break_app', 'drop', 'key', 'kill', 'plain', 'point', 'press', 'reload', 'resize', 'tap', 'turns']) {
      assert.ok(steps.some((step) => step.do === kind), kind);
    }
    assert.ok(steps.some(({tab}) => tab === 1));
  });

  test('what fails is shrunk to the steps that it takes, and those to their simplest form', async () => {
    const steps = Array.from({length: 40}, (_, i) => ({do: 'call', name: `${i}`, args: [{epochs: i, seed: i}], wait: true}));
    const fails = async (fewer) => {
      const at = (name) => fewer.findIndex((step) => step.name === name);
      return at('7') >= 0 && at('31') > at('7') && fewer[at('31')].args[0].epochs === 31;
    };
    assert.deepEqual(await shrink(steps, fails, {simpler, most: 200}), [
      {do: 'call', name: '7', args: [{}]}, {do: 'call', name: '31', args: [{epochs: 31}]},
    ]);
  });

  test('shrinking ends after as many tries as it may make', async () => {
    let tries = 0;
    await shrink(Array.from({length: 1000}, (_, i) => i), async () => { ++tries; return false; }, {most: 9});
    assert.equal(tries, 9);
  });
});

const cases = JSON.parse(await readFile(CASES, 'utf8'));

describe('random sequences: on one page', () => {
  let browser, site, driver;
  before(async () => {
    browser = await launchAlone();
    site = await serve();
    driver = await createDriver({browser, origin: site.origin});
  });
  after(async () => {
    await driver.close();
    await browser.close();
    site.close();
  });

  for (const {kind, text, steps} of cases) {
    test(`failed once: ${kind}: ${text.slice(0, 100)}`, async () => assert.deepEqual(await driver.run(steps), []));
  }

  for (const [kind, lie] of [
    ['unhandled rejection', () => void Promise.reject(new Error('nobody catches this'))],
    ['console error', () => console.error('something is wrong')],
    ['illegal state', () => trainer.emit({type: 'state', args: {state: 'asleep', epoch: 0}, payloads: []})],
    ['events', () => trainer.emit({type: 'epoch', args: {epoch: 7, loss: 1, accuracy: 0, seconds: 1, images_per_second: 1}, payloads: []})],
    ['code', () => trainer.emit({type: 'failure', args: {code: 'nonsense', message: 'Something failed.'}, payloads: []})],
    ['not a sentence', () => trainer.emit({type: 'failure', args: {code: 'network', message: 'undefined is not a function'}, payloads: []})],
    ['hang', () => { window.playground = {...playground, summary: () => new Promise(() => {})}; checker.call({name: 'summary', args: []}); }],
    ['evaluation', () => {
      const {evaluate} = playground;
      window.playground = {...playground, evaluate: async (options) => { const answer = await evaluate(options); return {...answer, loss: answer.loss + 1e-7}; }};
    }],
    ['status', () => {
      const {status} = playground;
      window.playground = {...playground, status: () => ({...status(), history: [1]})};
    }],
  ]) {
    test(`a page that does wrong is found: ${kind}`, async () => {
      const found = await driver.run([{do: 'script', text: `(${lie})()`}]);
      assert.ok(found.some((one) => one.kind === kind), JSON.stringify(found));
    });
  }
});

test('random sequences: each holds, from one seed', async (t) => {
  const seed = Number(process.env.RANDOM_SEED ?? 1);
  const {sequences, steps, failures} = await testAtRandom({seed, length: LENGTH, more: (done) => done < SEQUENCES});
  t.diagnostic(`seed ${seed}: ${sequences} sequences of ${steps} steps`);
  assert.ok(sequences > 0);
  assert.deepEqual(failures, [], 'each can be replayed: node tests/browser/random_page.js --sequence JSON');
});
