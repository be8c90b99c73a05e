// Checkpoints that arrive faster than the browser can store them: memory holds one, and the newest is stored.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createFileWriter} from '../../shell/site/storage/origin_files.js';
import {createKeptTraining} from '../../shell/site/storage/kept_training.js';

/** A keeper of a fake trainer's checkpoints; `written` has the descriptions that reached the storage. */
function keeping() {
  const written = [];
  /** A file worker that needs one turn of the event loop per file. */
  const worker = Object.assign(new EventTarget(), {
    postMessage({name, whole, reply}) {
      if (name.endsWith('.json') && whole.byteLength > 0) written.push(JSON.parse(new TextDecoder().decode(whole)));
      setTimeout(() => reply.postMessage({}));
    },
  });
  const storage = {getDirectory: async () => ({getDirectoryHandle: async () => { throw new Error('empty'); }})};
  const told = [];
  let tell;
  const trainer = {observe: (listener) => { tell = listener; }, status: () => ({history: []}), emit: (event) => told.push(event)};
  const keeper = createKeptTraining({storage, writeFiles: createFileWriter({storage, locks: undefined, createFileWorker: () => worker}), trainer});
  const checkpoint = (epoch) => tell({type: 'checkpoint', args: {epoch, epochs: 9, name: 'n', crc32: 0}, payloads: [new ArrayBuffer(8)]});
  const dataset = (label) => tell({type: 'dataset', args: {label, source: {kind: label}}, payloads: []});
  return {keeper, written, told, checkpoint, dataset};
}

test('of the checkpoints that come while one is written the last is written, the others make way', async () => {
  const {keeper, written, told, checkpoint} = keeping();
  const epochs = () => written.map(({epoch}) => epoch);
  checkpoint(1);
  await new Promise((resolve) => setTimeout(resolve));  // it is being written
  for (const epoch of [2, 3, 4, 5]) checkpoint(epoch);
  await keeper.written();
  assert.deepEqual(epochs(), [1, 5]);
  checkpoint(6);
  await keeper.written();
  assert.deepEqual(epochs(), [1, 5, 6]);
  assert.deepEqual(told, []);
});

test('a checkpoint is stored with the data set it was trained on, also if another one is in use before it is written', async () => {
  const {keeper, written, checkpoint, dataset} = keeping();
  dataset('first');
  checkpoint(1);
  dataset('second');
  await keeper.written();
  assert.deepEqual(written.map(({data}) => data.label), ['first']);
});
