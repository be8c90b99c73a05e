// Keeps the training in the browser, so that no trained epoch is lost: the newest checkpoint and its description. Two places
// take turns, and a place's description is written after its checkpoint, so that one of them is always complete.
import {PlaygroundError} from '../errors.js';
import {openFolder, readJson} from './origin_files.js';

const FOLDER = 'session';
const VERSION = 1;
const PLACES = [0, 1];

/**
 * @typedef {{epoch: number, epochs: number, name: string, crc32: number, row: any, data: {label: string, kind: string}}} CheckpointAbout
 * @typedef {CheckpointAbout & {version: number, sequence: number, bytes: number, saved: string}} KeptTraining
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
  /** @type {{about: CheckpointAbout, checkpoint: ArrayBuffer} | undefined} received and not yet being written; a newer one replaces it */
  let waiting;
  let failed = false;

  trainer.observe(({type, args, payloads}) => {
    if (type === 'dataset') data = {label: args.label, kind: args.source.kind};
    if (type === 'checkpoint') {
      const {epoch, epochs, name, crc32} = args;
      const row = trainer.status().history.at(-1);
      if (!waiting) last = last.then(saveWaiting).catch(reportOnce);
      // The data set belongs to the checkpoint: another one may be in use before it is written.
      waiting = {about: {epoch, epochs, name, crc32, row, data}, checkpoint: payloads[0]};
    }
  });

  /** Full storage stays full, so one message is enough. Missing storage was reported at the start. @param {any} error */
  function reportOnce({code, message}) {
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
      const kept = {version: VERSION, sequence, ...about, bytes: checkpoint.byteLength, saved: new Date().toISOString()};
      await write({name: `${place}.json`, whole: new ArrayBuffer(0)});
      await write({name: `${place}.safetensors`, whole: checkpoint}, [checkpoint]);
      await write({name: `${place}.json`, whole: new TextEncoder().encode(JSON.stringify(kept)).buffer});
    });
  }

  /** The complete ones, newest first. @returns {Promise<{kept: KeptTraining, file: File}[]>} */
  async function complete() {
    const folder = await openFolder(storage, FOLDER);
    const all = await Promise.all(PLACES.map(async (place) => {
      const kept = await readJson(folder, `${place}.json`);
      const file = await (await folder?.getFileHandle(`${place}.safetensors`).catch(() => undefined))?.getFile();
      return file && kept?.version === VERSION && file.size === kept.bytes ? [{kept, file}] : [];
    }));
    return all.flat().sort((a, b) => b.kept.sequence - a.kept.sequence);
  }

  /** @returns {Promise<KeptTraining | null>} */
  const newest = async () => (await complete())[0]?.kept ?? null;

  /** The trainer imports the newest checkpoint, or the one before it if that is damaged; fit({continue: true}) continues from it. */
  async function restore() {
    /** @type {any} */
    let damaged;
    for (const {kept, file} of await complete()) {
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

  return {newest, restore, forget, /** Resolves when every checkpoint so far is written. */ written: () => last};
}
