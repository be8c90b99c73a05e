import {PlaygroundError} from './errors.js';

const CLOSED = 'This browser keeps nothing for this page: a private window, or a setting. Training works, and is gone with the tab.';

/**
 * Locks where the page may have them: a browser that blocks site data refuses them, too.
 * @param {LockManager | undefined} locks
 */
export async function usableLocks(locks) {
  try {
    await locks?.request('trial', () => {});
    return locks;
  } catch {
    return undefined;
  }
}

/**
 * The files this page may keep, or no_storage.
 * @param {StorageManager | undefined} storage
 */
export async function openStorage(storage) {
  try {
    const root = await storage?.getDirectory?.();
    if (root) return root;
  } catch (error) {
    throw new PlaygroundError('no_storage', CLOSED, {cause: error});
  }
  throw new PlaygroundError('no_storage', CLOSED);
}

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
  await openStorage(storage);
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
    return await (await openStorage(storage)).getDirectoryHandle(folder);
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
