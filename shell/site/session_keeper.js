// Keeps the training in the browser, so that no trained epoch is lost: the newest checkpoint, and what it belongs to. Two
// places take turns, and a place's description is written after its checkpoint, so that one of them is always whole.
import {PlaygroundError} from './errors.js';
import {openFolder, readJson, writeFiles} from './origin_files.js';

const FOLDER = 'session';
const VERSION = 1;
const PLACES = [0, 1];

/**
 * @typedef {{version: number, sequence: number, epoch: number, epochs: number, name: string, data: {label: string, kind: string},
 *            row: any, bytes: number, saved: string}} Session
 *
 * @param {object} environment
 * @param {StorageManager | undefined} environment.storage
 * @param {LockManager | undefined} environment.locks
 * @param {() => Worker} environment.createStoreWorker
 * @param {import('./trainer_service.js').TrainerService} environment.trainer
 */
export function createSessionKeeper({storage, locks, createStoreWorker, trainer}) {
  /** @type {{label: string, kind: string}} */
  let data = {label: '', kind: ''};
  /** @type {Promise<void>} */
  let last = Promise.resolve();
  let failed = false;

  trainer.observe(({type, args, payloads}) => {
    if (type === 'dataset') data = {label: args.label, kind: args.source.kind};
    if (type === 'checkpoint') {
      const row = trainer.status().history.at(-1);
      last = last.then(() => save({epoch: args.epoch, epochs: args.epochs, name: args.name, row}, payloads[0])).catch(tellOnce);
    }
  });

  /** Storage that is full or closed stays so; one sentence is enough. @param {any} error */
  function tellOnce({code, message}) {
    if (failed) return;
    failed = true;
    trainer.emit({type: 'failure', args: {code, message: `The training is not kept in this browser: ${message}`}, payloads: []});
  }

  /** @param {{epoch: number, epochs: number, name: string, row: any}} about @param {ArrayBuffer} checkpoint */
  async function save(about, checkpoint) {
    await writeFiles({storage, locks, createStoreWorker}, FOLDER, async (write) => {
      const sequence = ((await newest())?.sequence ?? 0) + 1;
      const place = sequence % PLACES.length;
      /** @type {Session} */
      const session = {version: VERSION, sequence, ...about, data, bytes: checkpoint.byteLength, saved: new Date().toISOString()};
      await write({name: `${place}.json`, whole: new ArrayBuffer(0)});
      await write({name: `${place}.safetensors`, whole: checkpoint}, [checkpoint]);
      await write({name: `${place}.json`, whole: new TextEncoder().encode(JSON.stringify(session)).buffer});
    });
  }

  /** The newest session that is whole, or null. @returns {Promise<Session | null>} */
  async function newest() {
    const folder = await openFolder(storage, FOLDER);
    const all = await Promise.all(PLACES.map(async (place) => {
      const session = await readJson(folder, `${place}.json`);
      const file = await (await folder?.getFileHandle(`${place}.safetensors`).catch(() => undefined))?.getFile();
      return session?.version === VERSION && file?.size === session.bytes ? session : null;
    }));
    return all.reduce((best, session) => ((session?.sequence ?? -1) > (best?.sequence ?? -1) ? session : best), null);
  }

  /** The trainer takes the newest checkpoint up; fit({continue: true}) goes on with it. */
  async function restore() {
    const session = await newest();
    const folder = await openFolder(storage, FOLDER);
    if (!session || !folder) throw new PlaygroundError('not_found', 'No training is kept in this browser.');
    const file = await (await folder.getFileHandle(`${session.sequence % PLACES.length}.safetensors`)).getFile();
    const {args} = await trainer.request('import', {files: ['checkpoint.safetensors']}, {payloads: [await file.arrayBuffer()]});
    return args;
  }

  const forget = () => writeFiles({storage, locks, createStoreWorker}, FOLDER, (write) => write({remove: true}));

  return {newest, restore, forget, /** Everything told so far is written. */ written: () => last};
}
