import {PlaygroundError} from '../errors.js';

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
 * @typedef {(message: any, transfer?: Transferable[]) => Promise<void>} Write
 *
 * Writes files of the origin-private file system, in a worker (file_worker.js), and waits for each. It is one worker for the
 * whole visit, made at once: one that is made while a service worker takes the page over is now and then never started by
 * Firefox, and nobody is told.
 * @param {object} environment
 * @param {StorageManager | undefined} environment.storage
 * @param {LockManager | undefined} environment.locks
 * @param {() => Worker} environment.createFileWorker
 */
export function createFileWriter({storage, locks, createFileWorker}) {
  /** @type {Worker | undefined} */
  let worker = createFileWorker();

  /** @param {any} message @param {Transferable[]} transfer @returns {Promise<void>} */
  const send = (message, transfer) => new Promise((resolve, reject) => {
    const asked = worker ??= createFileWorker();
    const {port1: answer, port2: reply} = new MessageChannel();
    const end = () => {
      answer.close();
      asked.removeEventListener('error', fail);
    };
    /** @param {ErrorEvent} event */
    const fail = (event) => {
      end();
      worker = undefined;
      reject(new PlaygroundError('failed', `Writing to the browser's storage failed: ${event.message}`));
    };
    answer.onmessage = ({data: {error}}) => {
      end();
      if (error) reject(new PlaygroundError(error.code, error.message));
      else resolve();
    };
    asked.addEventListener('error', fail);
    asked.postMessage({...message, reply}, [...transfer, reply]);
  });

  /** @param {string} folder @param {(write: Write) => Promise<void>} work */
  return async function writeFiles(folder, work) {
    await openStorage(storage);
    const write = () => work((message, transfer = []) => send({folder, ...message}, transfer));
    // Another tab may be writing: a file is open in one place at a time.
    await (locks ? locks.request(`files ${folder}`, write) : write());
  };
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
