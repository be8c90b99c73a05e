// Keeps the training in the browser, so that no trained epoch is lost: the newest checkpoint, and what it belongs to. Two
// places take turns, and a place's description is written after its checkpoint, so that one of them is always whole.
import {PlaygroundError} from '../errors.js';
import {openFolder, readJson} from './origin_files.js';

const FOLDER = 'session';
const VERSION = 1;
const PLACES = [0, 1];

/**
 * @typedef {{epoch: number, epochs: number, name: string, crc32: number, row: any}} CheckpointAbout
 * @typedef {CheckpointAbout & {version: number, sequence: number, data: {label: string, kind: string}, bytes: number, saved: string}} KeptTraining
 *
 * @param {object} environment
 * @param {StorageManager | undefined} environment.storage
 * @param {ReturnType<typeof import('./origin_files.js').createFileWriter>} environment.writeFiles
 * @param {import('../trainer/trainer_service.js').TrainerService} environment.trainer
 */
export function createKeptTraining({storage, writeFiles, trainer}) {
  /** @type {{label: string, kind: string}} */
  let data = {label: '', kind: ''};
  /** @type {Promise<void>} */
  let last = Promise.resolve();
  /** @type {{about: CheckpointAbout, checkpoint: ArrayBuffer} | undefined} told and not yet being written; a newer one takes its place */
  let waiting;
  let failed = false;

  trainer.observe(({type, args, payloads}) => {
    if (type === 'dataset') data = {label: args.label, kind: args.source.kind};
    if (type === 'checkpoint') {
      const {epoch, epochs, name, crc32} = args;
      const row = trainer.status().history.at(-1);
      if (!waiting) last = last.then(saveWaiting).catch(tellOnce);
      waiting = {about: {epoch, epochs, name, crc32, row}, checkpoint: payloads[0]};
    }
  });

  /** Storage that is full stays so; one sentence is enough. That there is none is told at the start. @param {any} error */
  function tellOnce({code, message}) {
    if (failed || code === 'no_storage') return;
    failed = true;
    trainer.emit({type: 'failure', args: {code, message: `The training is not kept in this browser: ${message}`}, payloads: []});
  }

  async function saveWaiting() {
    const {about, checkpoint} = /** @type {NonNullable<typeof waiting>} */ (waiting);
    waiting = undefined;
    await writeFiles(FOLDER, async (write) => {
      const sequence = ((await newest())?.sequence ?? 0) + 1;
      const place = sequence % PLACES.length;
      /** @type {KeptTraining} */
      const kept = {version: VERSION, sequence, ...about, data, bytes: checkpoint.byteLength, saved: new Date().toISOString()};
      await write({name: `${place}.json`, whole: new ArrayBuffer(0)});
      await write({name: `${place}.safetensors`, whole: checkpoint}, [checkpoint]);
      await write({name: `${place}.json`, whole: new TextEncoder().encode(JSON.stringify(kept)).buffer});
    });
  }

  /** What was written to its end, newest first. @returns {Promise<{kept: KeptTraining, file: File}[]>} */
  async function whole() {
    const folder = await openFolder(storage, FOLDER);
    const all = await Promise.all(PLACES.map(async (place) => {
      const kept = await readJson(folder, `${place}.json`);
      const file = await (await folder?.getFileHandle(`${place}.safetensors`).catch(() => undefined))?.getFile();
      return file && kept?.version === VERSION && file.size === kept.bytes ? [{kept, file}] : [];
    }));
    return all.flat().sort((a, b) => b.kept.sequence - a.kept.sequence);
  }

  /** @returns {Promise<KeptTraining | null>} */
  const newest = async () => (await whole())[0]?.kept ?? null;

  /** The trainer takes the newest checkpoint up, the one before it where that is damaged; fit({continue: true}) goes on with it. */
  async function restore() {
    /** @type {any} */
    let damaged;
    for (const {kept, file} of await whole()) {
      const args = {files: ['checkpoint.safetensors'], crc32: kept.crc32};
      try {
        return (await trainer.request('import', args, {payloads: [await file.arrayBuffer()]})).args;
      } catch (error) {
        damaged = error;
        if (damaged.code !== 'bad_model_file') throw error;
      }
    }
    throw damaged ?? new PlaygroundError('not_found', 'No training is kept in this browser.');
  }

  function forget() {
    const forgotten = last.then(() => writeFiles(FOLDER, (write) => write({remove: true})));
    last = forgotten.catch(() => {});
    return forgotten;
  }

  return {newest, restore, forget, /** Everything told so far is written. */ written: () => last};
}
