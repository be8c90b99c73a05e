// Writing to the browser's storage ends, whatever becomes of the worker that writes. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createFileWriter} from '../../shell/site/storage/origin_files.js';
import {fakeLocks} from './fake_storage.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a worker that never answers is given up, the lock is free for other tabs, and the next write has a new worker', async (context) => {
  context.mock.timers.enable({apis: ['setTimeout']});
  const workers = [];
  let answers = false;
  const createFileWorker = () => {
    const worker = Object.assign(new EventTarget(), {ended: false, terminate() { worker.ended = true; }, postMessage: ({reply}) => answers && reply.postMessage({})});
    workers.push(worker);
    return worker;
  };
  const locks = fakeLocks();
  const storage = {getDirectory: async () => ({})};
  const writeFiles = createFileWriter({storage, locks: locks.client(), createFileWorker});
  const silent = writeFiles('folder', (write) => write({name: 'a', whole: new ArrayBuffer(1)}));
  const rejected = assert.rejects(silent, {code: 'failed', message: /did not answer for a minute/});
  await turn();
  context.mock.timers.tick(60_000);
  await rejected;
  assert.deepEqual(workers.map(({ended}) => ended), [true]);
  answers = true;
  const other = createFileWriter({storage, locks: locks.client(), createFileWorker});
  await other('folder', (write) => write({name: 'b', whole: new ArrayBuffer(1)}));
  await writeFiles('folder', (write) => write({name: 'c', whole: new ArrayBuffer(1)}));
  assert.equal(workers.length, 3);
});
