// A Node process that runs one peer: node peer_process.js PEER FIXTURE_FOLDER. Requests arrive by IPC.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {readSafetensors, runner} from './steps.js';

const [name, fixture] = process.argv.slice(2);
const exact = (buffer) => buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length);
const answer = runner(await import(`./peers/${name}.js`), {
  pictures: exact(await readFile(path.join(fixture, 'pictures.bin'))),
  weights: readSafetensors(exact(await readFile(path.join(fixture, 'tutorial.safetensors')))),
});
process.on('message', async (request) => {
  try {
    process.send({result: await answer(request)});
  } catch (error) {
    process.send({error: error?.stack ?? String(error)});
  }
});
process.on('disconnect', () => process.exit(0));
process.send({result: 'ready'});
