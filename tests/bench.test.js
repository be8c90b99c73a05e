import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {parametersOf, tutorial} from './benchmarks/keras.js';
import {evaluateBars, table} from './benchmarks/report.js';
import {disagreement, median, parseOptions, quantile, rotated, spread} from './benchmarks/statistics.js';
import {count, parameters} from './benchmarks/tutorial.js';

describe('bench: statistics', () => {
  test('the median of an even number of values lies between the middle two', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([7]), 7);
  });
  test('quartiles are interpolated; the spread is their distance over the median', () => {
    assert.equal(quantile([0, 10], 0.25), 2.5);
    assert.equal(spread([1, 2, 3, 4, 5]), 2 / 3);
    assert.equal(spread([5]), 0);
  });
  test('every repetition has every side once, and each side goes first in turn', () => {
    assert.deepEqual(rotated(['a', 'b', 'c'], 1), ['b', 'c', 'a']);
    assert.deepEqual(rotated(['a', 'b', 'c'], 5), ['c', 'a', 'b']);
    assert.deepEqual(rotated([], 3), []);
  });
  test('losses that are missing or not finite never agree', () => {
    assert.equal(disagreement([2, 2], [2, 2.5]), 0.2);
    assert.equal(disagreement([2], [2, 2]), Infinity);
    assert.equal(disagreement([2, NaN], [2, 2]), Infinity);
  });
});

describe('bench: options', () => {
  const known = {sides: ['tab', 'pytorch'], networks: ['tutorial']};
  test('lists are read and checked', () => {
    const options = parseOptions(['--only', 'tab,pytorch', '--batch', '10,32', '--quick', '--json', 'a.json'], known);
    assert.deepEqual(options, {only: ['tab', 'pytorch'], batch: [10, 32], quick: true, json: 'a.json', network: undefined});
  });
  for (const [why, args, message] of [
    ['an unknown side', ['--only', 'tab,caffe'], /no side "caffe"; there are tab, pytorch/],
    ['a batch size of 0', ['--batch', '0'], /"0" is not a list of whole numbers/],
    ['a batch size that is not a number', ['--batch', '32,many'], /not a list of whole numbers/],
    ['a missing value', ['--json'], /--json needs a value/],
    ['an unknown option', ['--fast'], /"--fast" is not an option/],
  ]) test(`refused: ${why}`, () => assert.throws(() => parseOptions(args, known), {message}));
});

describe('bench: report', () => {
  const row = (side, threads, images_per_second, browser = false) =>
    ({network: 'tutorial', mode: 'train', batch: 32, side, threads, images_per_second, browser});
  test('a bar compares with the same threads, and with the fastest browser peer', () => {
    const found = evaluateBars([row('tab', 1, 900), row('pytorch', 1, 1800), row('pytorch', 2, 100), row('jax-js', 1, 200, true),
                                row('ort-web', 1, 300, true)]);
    assert.deepEqual(found.map(({ratio}) => ratio), [0.5, 3]);
  });
  test('columns are as wide as their widest cell', () => {
    assert.equal(table([['a', 'b'], ['long', '1']]), '| a    | b |\n|------|--:|\n| long | 1 |');
  });
});

describe('bench: networks', () => {
  test('the hand-written tutorial has the parameters of its configuration', () => {
    assert.deepEqual(parametersOf(tutorial).map(({name, shape}) => ({name, shape})), parameters);
    assert.equal(parameters.reduce((sum, {shape}) => sum + count(shape), 0), 1060138);
  });
});
