// Keeps the trainings of all tabs in the browser: for each visit of a tab, which ends with a reload, the newest checkpoint and its
// description. A visit's two places take turns, and a place's description is written after its checkpoint, so that one of them is
// always complete. Those of an earlier visit stay until its training continues.
import {PlaygroundError} from '../errors.js';
import {FOLDER, VERSION, continuedVisits, listPlaces, outdated} from './training_places.js';

/**
 * @typedef {import('./training_places.js').KeptTraining} KeptTraining
 * @typedef {import('./training_places.js').Place} Place
 *
 * @param {object} environment
 * @param {StorageManager | undefined} environment.storage
 * @param {ReturnType<typeof import('./origin_files.js').createFileWriter>} environment.writeFiles
 * @param {import('../trainer/trainer_service.js').TrainerService} environment.trainer
 * @param {Pick<import('./tab.js').Tab, 'id' | 'living'>} environment.tab
 * @param {() => string} environment.newId
 * @param {() => number} environment.now milliseconds
 */
export function createKeptTraining({storage, writeFiles, trainer, tab, newId, now}) {
  const visit = newId();
  /** @type {KeptTraining['data']} */
  let data = {label: '', source: {kind: ''}, fingerprint: null};
  /** Of the present model; null before it has a checkpoint. @type {string | null} */
  let run = null;
  /** The earlier visit from which the run was restored. @type {string | null} */
  let from = null;
  /** The run that is being restored; kept: in a place of this tab. @type {{run: string, from: string | null, kept: boolean} | null} */
  let restoring = null;
  /** @type {any} of the present run */
  let fit = null;
  /** @type {Promise<void>} */
  let last = Promise.resolve();
  /** @type {{about: Omit<KeptTraining, 'version' | 'tab' | 'sequence' | 'bytes' | 'saved'>, checkpoint: ArrayBuffer} | undefined} received and not yet being written; a newer one replaces it */
  let waiting;
  let failed = false;  // the newest checkpoint was not written

  trainer.observe(({type, args, payloads}) => {
    if (type === 'dataset') data = {label: args.label, source: args.source, fingerprint: args.fingerprint ?? null};
    if (type === 'model') [run, from, fit] = [restoring?.run ?? null, restoring?.from ?? null, args.fit ?? null];
    if (type === 'run') {
      const {history, global_step, ...options} = args;
      fit = options;
      if (!run || !(global_step > 0)) [run, from] = [newId(), null];
    }
    if (type === 'checkpoint' && !restoring?.kept) {
      const {epoch, epochs, name, crc32, data: of} = args;
      // Undo brings back a network that was trained on other data than those now in use.
      const trainedOn = of ? {label: of.label, source: of.source, fingerprint: of.fingerprint ?? null} : data;
      const {history} = trainer.status();
      run ??= newId();
      if (!waiting) last = last.then(saveWaiting);
      // Data set and run belong to the checkpoint: others may be in use before it is written.
      waiting = {about: {run, from, epoch, epochs, name, crc32, fit, history, data: trainedOn}, checkpoint: payloads[0]};
    }
  });

  /** Until a checkpoint is written again, one message is enough. Missing storage was reported at the start. @param {number} epoch @param {any} error */
  function reportOnce(epoch, {code, message}) {
    if (failed || code === 'no_storage') return;
    failed = true;
    const what = epoch > 0 ? `Epoch ${epoch} of the training` : 'The network';
    trainer.emit({type: 'failure', args: {code, message: `${what} could not be kept in this browser: ${message}`}, payloads: []});
  }

  async function saveWaiting() {
    const newest = /** @type {NonNullable<typeof waiting>} */ (waiting);
    waiting = undefined;
    try {
      await save(newest);
      failed = false;
    } catch (error) {
      reportOnce(newest.about.epoch, error);
    }
  }

  /** @param {NonNullable<typeof waiting>} newest */
  async function save({about, checkpoint}) {
    const own = await tab.id;
    await writeFiles(FOLDER, async (write) => {
      const places = await listPlaces(storage);
      const deleted = await makeRoom(write, places, checkpoint.byteLength);
      const over = await visitsThatAreOver(places.filter((place) => !deleted.includes(place)));
      const sequence = (newestOf(places, own)?.kept.sequence ?? 0) + 1;
      const place = `${own}.${visit}.${sequence % 2}`;
      /** @type {KeptTraining} */
      const kept = {version: VERSION, tab: own, sequence, ...about, bytes: checkpoint.byteLength, saved: new Date(now()).toISOString()};
      for (;;) {
        try {
          await write({name: `${place}.json`, whole: new ArrayBuffer(0)});
          await write({name: `${place}.safetensors`, whole: checkpoint}, over.length > 0 ? [] : [checkpoint]);
          await write({name: `${place}.json`, whole: new TextEncoder().encode(JSON.stringify(kept)).buffer});
          break;
        } catch (/** @type {any} */ error) {
          await remove(write, place).catch(() => {});  // a part would take the room of the next one
          // A browser's estimate may promise room that there is not.
          const oldest = error.code === 'storage_full' ? over.shift() : undefined;
          if (!oldest) throw error;
          for (const {name} of oldest) await remove(write, name);
        }
      }
      const replaced = places.some((one) => one.visit === about.from && !deleted.includes(one));
      if (replaced) await makeRoom(write, await listPlaces(storage), 0);  // what it was restored from
    });
  }

  /**
   * Deletes what is outdated, and of the visits that are over as much as the bytes need, the oldest first.
   * @param {import('./origin_files.js').Write} write @param {Place[]} places @param {number} bytes
   * @returns {Promise<Place[]>} those that were deleted
   */
  async function makeRoom(write, places, bytes) {
    const {quota = Infinity, usage = 0} = await storage?.estimate?.() ?? {};
    const living = await tab.living();
    const doomed = outdated(places, {living, now: now(), free: quota - usage, needed: bytes});
    for (const {name} of doomed) await remove(write, name);
    return doomed;
  }

  /** The places of each visit that is over, the oldest visit first. @param {Place[]} places @returns {Promise<Place[][]>} */
  async function visitsThatAreOver(places) {
    const doomed = outdated(places, {living: await tab.living(), now: now(), free: 0, needed: Infinity});
    return [...new Set(doomed.map(({visit}) => visit))].map((visit) => doomed.filter((place) => place.visit === visit));
  }

  /** @param {import('./origin_files.js').Write} write @param {string} place */
  async function remove(write, place) {
    for (const end of ['json', 'safetensors']) await write({name: `${place}.${end}`, remove: true});
  }

  /** @param {Place[]} places @param {string} owner @returns {Complete | undefined} */
  const newestOf = (places, owner) => newestFirst(places).find(({kept}) => kept.tab === owner);

  /**
   * What may be continued, each run once: this tab's newest, then those of earlier visits and of tabs that are gone; none that an
   * open tab continues.
   * @returns {Promise<KeptTraining[]>}
   */
  async function offered() {
    const [own, living] = [await tab.id, await tab.living()];
    const places = await listPlaces(storage);
    const continued = continuedVisits(places);
    const all = newestFirst(places).filter(({visit}) => !continued.has(visit));
    const elsewhere = all.filter(({tab}) => tab !== own && living.has(tab)).map(({kept}) => kept.run);
    const newest = firsts(all, ({visit}) => visit).map(({kept}) => kept);
    const mine = newest.filter((kept) => kept.tab === own).slice(0, 1);
    const others = newest.filter(({tab, run}) => (tab === own || !living.has(tab)) && !elsewhere.includes(run));
    return firsts([...mine, ...others], ({run}) => run);
  }

  /**
   * The trainer imports a run's newest checkpoint of a tab, or the one before it if that is damaged; fit({continue: true}) continues
   * from it.
   * @param {{tab: string, run: string}} of
   */
  async function restoreRun({tab: owner, run: wanted}) {
    /** @type {any} */
    let damaged;
    const own = await tab.id;
    for (const {kept, file, visit: place} of newestFirst(await listPlaces(storage))) {
      if (kept.tab !== owner || kept.run !== wanted) continue;
      const args = {files: ['checkpoint.safetensors'], crc32: kept.crc32};
      const bytes = await file.arrayBuffer();
      try {
        // Two tabs that restore the same training at once continue different ones.
        restoring = {run: owner === own ? wanted : newId(), from: place === `${own}.${visit}` ? from : place, kept: owner === own};
        return (await trainer.request('import', args, {payloads: [bytes]})).args;
      } catch (error) {
        damaged = error;
        if (damaged.code !== 'bad_model_file') throw error;
      } finally {
        restoring = null;
      }
    }
    throw damaged ?? new PlaygroundError('not_found', 'This training is not kept in the browser.');
  }

  return {
    offered,
    /** The one to offer first. @returns {Promise<KeptTraining | null>} */
    newest: async () => (await offered())[0] ?? null,
    /** @param {KeptTraining} [kept] without it, the one to offer first */
    async restore(kept) {
      const chosen = kept ?? (await offered())[0];
      if (!chosen) throw new PlaygroundError('not_found', 'No training is kept in this browser.');
      return restoreRun(chosen);
    },
    /** For a trainer that has ended: this tab's own training as of its last checkpoint. */
    async restoreOwn() {
      return restoreRun({tab: await tab.id, run: run ?? ''});
    },
    /** Deletes a run, in every tab that is gone and in this one. @param {KeptTraining} [kept] without it, the one to offer first */
    forget(kept) {
      const forgotten = last.then(() => writeFiles(FOLDER, async (write) => {
        const chosen = kept ?? (await offered())[0];
        const [own, living] = [await tab.id, await tab.living()];
        for (const {name, kept: one} of await listPlaces(storage)) {
          if (one && one.run === chosen?.run && (one.tab === own || !living.has(one.tab))) await remove(write, name);
        }
      }));
      last = forgotten.catch(() => {});
      return forgotten;
    },
    /** Deletes what is outdated. */
    tidy: () => last = last.then(() => writeFiles(FOLDER, async (write) => void await makeRoom(write, await listPlaces(storage), 0))).catch(() => {}),
    /** Resolves when every checkpoint so far is written. */
    written: () => last,
  };
}

/** @typedef {Place & {kept: KeptTraining, file: File}} Complete */

/** The complete ones by their number within a tab, and by time among tabs; newest first. @param {Place[]} places @returns {Complete[]} */
function newestFirst(places) {
  const complete = places.flatMap((place) => (place.kept && place.file ? [{...place, kept: place.kept, file: place.file}] : []));
  return complete.sort(({kept: a}, {kept: b}) => (a.tab === b.tab ? b.sequence - a.sequence : b.saved.localeCompare(a.saved)));
}

/** The first element of each kind. @template T @param {T[]} list @param {(element: T) => string} kind @returns {T[]} */
function firsts(list, kind) {
  const seen = new Set();
  return list.filter((element) => !seen.has(kind(element)) && seen.add(kind(element)));
}
