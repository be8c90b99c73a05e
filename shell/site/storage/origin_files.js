// Files in the origin-private file system (OPFS): reading, and writing through a worker.
import {PlaygroundError} from '../errors.js';

const SILENCE_MS = 60_000;  // of a worker; the browser may have ended it, or never started it, and sends no event
const CLOSED = 'This browser does not let this page store data: it is a private window, or a setting forbids it. Training works, but is lost when you close the tab.';

/**
 * The locks, or undefined if the page may not use them: a browser that blocks site data refuses locks, too.
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
 * The folder of this page's files; rejects with no_storage.
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
 * Writes files of the origin-private file system in a worker (file_worker.js), one after the other. The worker is created at
 * once and serves the whole visit: Firefox sometimes never starts a worker that is created while a service worker takes control
 * of the page, and sends no event.
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
      clearTimeout(patience);
      asked.removeEventListener('error', fail);
    };
    /** @param {string} why */
    const giveUp = (why) => {
      end();
      asked.terminate();
      if (worker === asked) worker = undefined;
      reject(new PlaygroundError('failed', `Writing to the browser's storage failed: ${why}`));
    };
    const fail = (/** @type {ErrorEvent} */ event) => giveUp(event.message);
    const patience = setTimeout(giveUp, SILENCE_MS, 'it did not answer for a minute.');
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
    // Another tab may be writing, and only one writer can open a file.
    await (locks ? locks.request(`files ${folder}`, write) : write());
  };
}

/**
 * @param {StorageManager | undefined} storage
 * @param {string} folder
 * @returns {Promise<FileSystemDirectoryHandle | undefined>} undefined: nothing is kept, or the page may not use storage
 */
export async function openFolder(storage, folder) {
  try {
    return await (await openStorage(storage)).getDirectoryHandle(folder);
  } catch {
    return undefined;
  }
}

/** A JSON file's content; null if it is missing or damaged. @param {FileSystemDirectoryHandle | undefined} folder @param {string} name */
export async function readJson(folder, name) {
  try {
    const file = await (await folder?.getFileHandle(name))?.getFile();
    return file ? JSON.parse(await file.text()) : null;
  } catch {
    return null;
  }
}
