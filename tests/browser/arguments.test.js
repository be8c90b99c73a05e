// Calls of the scripting interface with arguments of the wrong kind: each is refused with a code and a sentence, and the trainer
// continues.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {createPlayground} from '../../shell/site/playground.js';
import {createSources} from '../../shell/site/data/data_sources.js';
import {fileName} from '../../shell/site/data/download.js';
import {give} from '../../shell/site/trainer/module_messages.js';
import {connectTrainer} from '../../shell/site/trainer/trainer_client.js';
import {FakeWorker} from './fake_worker.js';

const circle = {};
circle.self = circle;

/** The interface with a trainer that notes what it is asked for. */
function interfaceOf() {
  const asked = [];
  const note = async (type, args) => {
    asked.push(type);
    return {args: {history: [], arrays: []}, payloads: []};
  };
  const trainer = {observe: () => () => {}, request: note, status: () => ({})};
  const loader = {load: (options) => note('load', options)};
  return {asked, playground: createPlayground({trainer, loader, ready: Promise.resolve()})};
}
/** @param {Promise<any>} promise @param {RegExp} sentence */
const refused = (promise, sentence) => assert.rejects(promise, (error) => {
  assert.equal(error.code, 'bad_argument', `${error.code}: ${error.message}`);
  assert.match(error.message, sentence);
  assert.doesNotMatch(error.message, /TypeError|is not a function|iterable/);
  return true;
});

describe('wrong arguments', () => {
  for (const call of ['load', 'fit', 'evaluate', 'inspect']) {
    test(`${call}: options that are not an object are rejected`, async () => {
      const {asked, playground} = interfaceOf();
      for (const [given, called] of [[null, 'null'], ['sample', '"sample"'], [5, '5'], [['a'], 'a list'], [() => {}, 'a function'], [1n, 'a bigint'], [Symbol('x'), 'a symbol']]) {
        await refused(playground[call](given), new RegExp(`^${call}: expected an object of options, such as .*, not ${called}\\.$`));
      }
      await refused(playground[call]({signal: 'now'}), new RegExp(`^${call}: signal is "now"; expected an AbortSignal\\.$`));
      assert.deepEqual(asked, []);
      await playground[call]();
      await playground[call]({signal: new AbortController().signal});
      assert.deepEqual(asked, [call, call]);
    });
  }

  test('import: anything but a file is rejected, with its name or position', async () => {
    const {playground} = interfaceOf();
    await refused(playground.import([null]), /^import: file 1 is not a File/);
    await refused(playground.import([{name: 'a.onnx'}]), /^import: a\.onnx is not a File/);
    await refused(playground.import({'b.onnx': 5}), /^import: b\.onnx is not a File/);
    await refused(playground.import('c.onnx'), /^import: expected files/);
  });

  test('load: anything but a source or files is rejected', async () => {
    const sources = createSources({network: {}, base: new URL('http://host/'), createDataWorker: () => {}, keptData: {about: async () => null}});
    for (const source of [null, 5, true, {}, [null], [5], [{path: 'a.png'}], [{path: 5, file: new Blob()}], [new Blob()], circle, () => {}, Symbol('x'), 1n]) {
      await refused(sources.find({source}, new AbortController().signal), /^load: source is .*; expected 'cifar10'/);
    }
    await assert.rejects(sources.find({source: []}, new AbortController().signal), {code: 'bad_data', message: /^No file was given/});
  });

  test('a URL with invalid percent-encoding still has a file name', () => {
    assert.equal(fileName('https://host/a%20b.bin'), 'a b.bin');
    assert.equal(fileName('https://host/100%.bin'), '100%.bin');
    assert.equal(fileName('https://host/%E0%A4%A.bin'), '%E0%A4%A.bin');
  });

  for (const [what, args] of [['a bigint', {epochs: 1n}], ['an object that contains itself', {config: circle}]]) {
    test(`${what} is rejected before it reaches WASM, where it would abort the module`, () => {
      const entered = [];
      const module = {HEAPU8: new Uint8Array(1 << 16), _malloc: () => { entered.push('malloc'); return 64; }, _free: () => {}, _receive: () => entered.push('receive')};
      assert.throws(() => give(module, 'receive', {id: 1, type: 'fit', args}), {code: 'bad_argument', message: /^fit: its arguments cannot be written as JSON; expected/});
      assert.deepEqual(entered, []);
      give(module, 'receive', {id: 1, type: 'fit', args: {epochs: 1}});
      assert.deepEqual(entered, ['malloc', 'receive']);
    });
  }

  test('arguments that cannot be sent to a worker are rejected, and the next call works', async () => {
    const worker = new FakeWorker();
    const {call} = connectTrainer(worker, () => {});
    await refused(call('fit', {epochs: () => {}}), /^fit: its arguments cannot be sent to the trainer; expected/);
    const next = call('summary');
    worker.say({id: 2, args: {total: 1}, payloads: []});
    assert.equal((await next).args.total, 1);
  });
});
