import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {chooseVariant, lacks, probe} from '../../shell/site/features.js';

const VARIANTS = ['relaxed-threads', 'simd-threads', 'simd', 'scalar'];
const everything = {
  webassembly: true, simd: true, relaxedSimd: true, worker: true, threads: 8, webgl2: true, isolated: true,
};

describe('features', () => {
  test('nothing is reported missing if everything is available', () => assert.deepEqual(lacks(everything, VARIANTS), []));

  for (const [lack, features, fatal] of [
    ['webassembly', {webassembly: false, simd: false}, true],
    ['simd', {simd: false}, false],
    ['worker', {worker: false}, true],
    ['webgl2', {webgl2: false}, false],
  ]) {
    test(`no ${lack}: one sentence that names it${fatal ? ', and nothing starts' : ''}`, () => {
      const missing = lacks({...everything, ...features}, VARIANTS);
      assert.deepEqual(missing.map((one) => [one.lack, one.fatal]), [[lack, fatal]]);
      assert.match(missing[0].text, /^This browser .*\.$/);
    });
  }

  test('no SIMD ends it where no trainer without was built', () => {
    assert.equal(lacks({...everything, simd: false}, ['simd'])[0].fatal, true);
  });

  for (const [module, features, variants] of [
    ['./trainer.relaxed-threads.js', {}, VARIANTS],
    ['./trainer.simd-threads.js', {relaxedSimd: false}, VARIANTS],
    ['./trainer.simd.js', {isolated: false}, VARIANTS],
    ['./trainer.scalar.js', {simd: false, relaxedSimd: false}, VARIANTS],
    ['./trainer.simd.js', {}, ['simd']],
  ]) {
    test(`${JSON.stringify(features)} of ${variants}: ${module}`, () => {
      assert.equal(chooseVariant({...everything, ...features}, variants).module, module);
    });
  }

  test('one thread in a page that is not isolated', () => {
    assert.equal(chooseVariant({...everything, isolated: false}, VARIANTS).threads, 1);
  });

  test('a scope with nothing in it is probed without a throw', () => {
    const features = probe({});
    assert.deepEqual([features.webassembly, features.simd, features.worker, features.webgl2], [false, false, false, false]);
    assert.equal(features.threads, 1);
  });

  test('Node has WebAssembly and SIMD', () => {
    const features = probe(globalThis);
    assert.deepEqual([features.webassembly, features.simd], [true, true]);
  });
});
