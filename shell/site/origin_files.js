import {PlaygroundError} from './errors.js';

/**
 * Writes files of one folder of the origin-private file system, in a worker (store_worker.js), and waits for each.
 * @param {object} environment
 * @param {StorageManager | undefined} environment.storage
 * @param {LockManager | undefined} environment.locks
 * @param {() => Worker} environment.createStoreWorker
 * @param {string} folder
 * @param {(write: (message: any, transfer?: ArrayBuffer[]) => Promise<void>) => Promise<void>} work
 */
export async function writeFiles({storage, locks, createStoreWorker}, folder, work) {
  if (!storage?.getDirectory) throw new PlaygroundError('no_storage', 'This browser keeps no files for pages.');
  // Another tab may be writing: a file is open in one place at a time.
  await (locks ? locks.request(`files ${folder}`, write) : write());

  async function write() {
    const worker = createStoreWorker();
    try {
      await work((message, transfer = []) => new Promise((resolve, reject) => {
        worker.onmessage = ({data}) => (data.error ? reject(new PlaygroundError(data.error.code, data.error.message)) : resolve());
        worker.onerror = (event) => reject(new PlaygroundError('failed', `Writing to the browser's storage failed: ${event.message}`));
        worker.postMessage({folder, ...message}, transfer);
      }));
    } finally {
      worker.terminate();
    }
  }
}

/**
 * @param {StorageManager | undefined} storage
 * @param {string} folder
 * @returns {Promise<FileSystemDirectoryHandle | undefined>} none: nothing is kept, or storage is closed to this page
 */
export async function openFolder(storage, folder) {
  try {
    return await (await storage?.getDirectory?.())?.getDirectoryHandle(folder);
  } catch {
    return undefined;
  }
}

/** A JSON file's content; null where it is missing or damaged. @param {FileSystemDirectoryHandle | undefined} folder @param {string} name */
export async function readJson(folder, name) {
  try {
    const file = await (await folder?.getFileHandle(name))?.getFile();
    return file ? JSON.parse(await file.text()) : null;
  } catch {
    return null;
  }
}
