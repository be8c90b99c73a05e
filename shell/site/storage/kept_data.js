// The data set kept in the browser: CIFAR-10 records in the origin-private file system, and about.json, which is written last
// and so marks the rest as complete.
import {PlaygroundError, megabytes} from '../errors.js';
import {openFolder, readJson} from './origin_files.js';

const FOLDER = 'data';
const VERSION = 1;
const RECORD = 1 + 32 * 32 * 3;
const RECORDS_AT_ONCE = 2048;
const SPLITS = /** @type {const} */ (['test', 'train']);
const FILES = [...SPLITS.map((split) => `${split}.bin`), 'about.json'];

/**
 * fingerprint: as in the trainer's `dataset`; files of an earlier version of this page have none.
 * @typedef {{version: number, source: any, class_names: string[], fingerprint?: string, saved: string, bytes: number,
 *            report?: import('../data/load_report.js').LoadReport, checksums: {train: number[], test: number[]}}} About
 *
 * @param {object} environment
 * @param {StorageManager | undefined} environment.storage
 * @param {ReturnType<typeof import('./origin_files.js').createFileWriter>} environment.writeFiles
 * @param {import('../trainer/trainer_client.js').Call} environment.request
 */
export function createKeptData({storage, writeFiles, request}) {
  /** @type {Promise<void>} saving and deleting run one after the other */
  let last = Promise.resolve();

  const folder = () => openFolder(storage, FOLDER);

  /** What is kept; null if nothing is, or if it is damaged or of another version. @returns {Promise<About | null>} */
  async function about() {
    const content = await readJson(await folder(), 'about.json');
    const complete = SPLITS.every((split) => Array.isArray(content?.checksums?.[split])) && Array.isArray(content.class_names) && content.source;
    return content?.version === VERSION && complete ? content : null;
  }

  /**
   * Keeps the data set the trainer holds.
   * @param {any} dataset its description
   * @returns {Promise<void>} resolves when written. Rejects with `storage_full` if it does not fit even without the old one, which
   *   then stays
   */
  function save(dataset) {
    return last = last.catch(() => {}).then(() => writeFiles(FOLDER, async (write) => {
      const bytes = (dataset.train.count + dataset.test.count) * RECORD;
      await requireSpace(bytes);
      try {
        // From here on the old one counts as deleted. Its files are emptied and written again, because a browser may count the
        // space of deleted files for a while.
        await write({name: 'about.json', whole: new ArrayBuffer(0)});
        for (const split of SPLITS) await write({name: `${split}.bin`, append: new ArrayBuffer(0)});
        /** @type {About['checksums']} */
        const checksums = {train: [], test: []};
        for (const split of SPLITS) {
          for (let offset = 0; offset < dataset[split].count; offset += RECORDS_AT_ONCE) {
            const {args, payloads} = await request('records', {split, offset, count: RECORDS_AT_ONCE});
            if (args.total !== dataset[split].count) throw new PlaygroundError('cancelled', 'Another data set was loaded in the meantime.');
            checksums[split].push(args.crc32);
            await write({name: `${split}.bin`, append: payloads[0]}, payloads);
          }
        }
        const {fingerprint} = (await request('dataset')).args;
        if (fingerprint !== dataset.fingerprint) throw new PlaygroundError('cancelled', 'Another data set was loaded in the meantime.');
        await write({finish: true});
        /** @type {About} */
        const content = {version: VERSION, source: dataset.source, class_names: dataset.class_names, fingerprint: dataset.fingerprint,
                         report: dataset.report,
                         saved: new Date().toISOString(), bytes, checksums};
        await write({name: 'about.json', whole: new TextEncoder().encode(JSON.stringify(content)).buffer});
      } catch (error) {
        await write({remove: true}).catch(() => {});
        throw error;
      }
    }));
  }

  /** @param {number} bytes */
  async function requireSpace(bytes) {
    const {quota = Infinity, usage = 0} = await storage?.estimate() ?? {};
    const used = Math.max(0, usage - await bytesOnDisk());
    if (used + bytes <= quota) return;
    throw new PlaygroundError('storage_full', `The data set cannot be kept: it needs ${megabytes(bytes)}, and the browser gives this site ${megabytes(quota)}` +
        (used > 0 ? `, of which other files use ${megabytes(used)}.` : '.'));
  }

  /** Bytes used by the stored data set, complete or not, which the next one overwrites. */
  async function bytesOnDisk() {
    const directory = await folder();
    const sizes = await Promise.all(FILES.map(async (name) => {
      const file = await directory?.getFileHandle(name).then((handle) => handle.getFile()).catch(() => undefined);
      return file?.size ?? 0;
    }));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  function forget() {
    return last = last.catch(() => {}).then(() => writeFiles(FOLDER, (write) => write({remove: true})));
  }

  /**
   * The kept data set as a source.
   * @returns {Promise<import('../data/data_loader.js').Source>}
   */
  async function source() {
    const kept = await about();
    const directory = await folder();
    if (!kept || !directory) throw new PlaygroundError('not_found', 'No data set is kept in this browser; load one first.');
    const files = await Promise.all(SPLITS.map(async (split) => ({
      split, checksums: kept.checksums[split],
      blob: kept.checksums[split].length > 0 ? await (await directory.getFileHandle(`${split}.bin`)).getFile() : new Blob(),
    }))).catch((error) => {
      throw new PlaygroundError('bad_data', 'The data set kept in this browser is damaged; load it again.', {cause: error});
    });
    return {
      kept: true,
      about: {...kept.source, class_names: kept.class_names},
      report: () => kept.report,
      async *parts(progress, signal) {
        progress.set({total: kept.bytes, file: 'kept in this browser'});
        for (const {split, checksums, blob} of files) {
          const file = split === 'test' ? 'test_batch.bin' : 'data_batch_1.bin';
          for (let i = 0; i < checksums.length; ++i) {
            signal.throwIfAborted();
            const at = i * RECORDS_AT_ONCE * RECORD;
            const bytes = await blob.slice(at, at + RECORDS_AT_ONCE * RECORD).arrayBuffer();
            progress.add(bytes.byteLength);
            yield {type: 'load_chunk', args: {file, crc32: checksums[i], end: i === checksums.length - 1}, payloads: [bytes]};
          }
        }
      },
    };
  }

  return {about, save, forget, source};
}
