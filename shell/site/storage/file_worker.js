// Writes files of the origin-private file system; not every browser can write them outside a worker. Requests for one folder
// come one after the other, each with a port for the reply: {folder, name, append} adds bytes to a file that starts empty,
// {folder, finish} closes all such files, {folder, name, whole} writes a whole file, {folder, name, remove} deletes a file,
// {folder, remove} the folder.
import {PlaygroundError, withCode} from '../errors.js';
import {holdLock} from '../worker_end.js';

/** @typedef {{write: (bytes: ArrayBuffer, options: {at: number}) => number, getSize: () => number, truncate: (size: number) => void, flush: () => void, close: () => void}} SyncHandle */

/** @type {Map<string, SyncHandle>} files being written, by folder/name */
const open = new Map();

/** Closes the files being written in a folder. @param {string} folder @param {{flush: boolean}} options */
function closeAll(folder, {flush}) {
  for (const [path, handle] of open) {
    if (!path.startsWith(`${folder}/`)) continue;
    if (flush) handle.flush();
    handle.close();
    open.delete(path);
  }
}

/** @param {string} folder @param {string} name */
async function handleOf(folder, name) {
  const key = `${folder}/${name}`;
  const known = open.get(key);
  if (known) return known;
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle(folder, {create: true});
  // Not among TypeScript's types for pages.
  const file = /** @type {any} */ (await directory.getFileHandle(name, {create: true}));
  /** @type {SyncHandle} */
  const handle = await file.createSyncAccessHandle();
  handle.truncate(0);
  open.set(key, handle);
  return handle;
}

/** @param {string} folder @param {string} name @param {ArrayBuffer} bytes */
async function append(folder, name, bytes) {
  const handle = await handleOf(folder, name);
  const written = handle.write(bytes, {at: handle.getSize()});
  if (written !== bytes.byteLength) throw new PlaygroundError('storage_full', 'The browser has no storage left for this site; delete kept data or free space on the disk.');
}

/** @param {any} request */
async function perform({folder, name, append: bytes, whole, finish, remove}) {
  if (bytes) return append(folder, name, bytes);
  if (whole) {
    await append(folder, name, whole);
    const handle = await handleOf(folder, name);
    handle.flush();
    handle.close();
    open.delete(`${folder}/${name}`);
    return;
  }
  if (!name) closeAll(folder, {flush: Boolean(finish)});
  if (!remove) return;
  const root = await navigator.storage.getDirectory();
  const removed = name ? root.getDirectoryHandle(folder).then((directory) => directory.removeEntry(name)) : root.removeEntry(folder, {recursive: true});
  await removed.catch((error) => {
    if (error.name !== 'NotFoundError') throw error;
  });
}

holdLock();
addEventListener('message', async ({data: {reply, ...request}}) => {
  try {
    await perform(request);
    reply.postMessage({});
  } catch (error) {
    closeAll(request.folder, {flush: false});
    const {code, message} = withCode(error);
    reply.postMessage({error: {code, message}});
  }
});
