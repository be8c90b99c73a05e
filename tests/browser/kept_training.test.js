// Checkpoints that arrive faster than the browser can store them: memory holds one, and the newest is stored.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createFileWriter} from '../../shell/site/storage/origin_files.js';
import {createKeptTraining} from '../../shell/site/storage/kept_training.js';

test('of the checkpoints that come while one is written the last is written, the others make way', async () => {
  const written = [];
  /** A file worker that needs one turn of the event loop per file. */
  const worker = Object.assign(new EventTarget(), {
    postMessage({name, whole, reply}) {
      if (name.endsWith('.json') && whole.byteLength > 0) written.push(JSON.parse(new TextDecoder().decode(whole)).epoch);
      setTimeout(() => reply.postMessage({}));
    },
  });
  const storage = {getDirectory: async () => ({getDirectoryHandle: async () => { throw new Error('empty'); }})};
  const told = [];
  let tell;
  const trainer = {observe: (listener) => { tell = listener; }, status: () => ({history: []}), emit: (event) => told.push(event)};
  const keeper = createKeptTraining({storage, writeFiles: createFileWriter({storage, locks: undefined, createFileWorker: () => worker}), trainer});
  const checkpoint = (epoch) => tell({type: 'checkpoint', args: {epoch, epochs: 9, name: 'n', crc32: 0}, payloads: [new ArrayBuffer(8)]});

  checkpoint(1);
  await new Promise((resolve) => setTimeout(resolve));  // it is being written
  for (const epoch of [2, 3, 4, 5]) checkpoint(epoch);
  await keeper.written();
  assert.deepEqual(written, [1, 5]);
  checkpoint(6);
  await keeper.written();
  assert.deepEqual(written, [1, 5, 6]);
  assert.deepEqual(told, []);
});
