// Files and folders dropped anywhere on the page, and their kind.
import {PlaygroundError} from '../errors.js';
import {isPicture} from '../data/folder_classes.js';
import {isModel} from '../data/model_files.js';
import {isSystemFile} from '../data/paths.js';
import {readZip} from '../data/zip_reader.js';

/**
 * @param {Window} window
 * @param {(files: {path: string, file: File}[]) => Promise<any>} take
 * @param {(error: any) => void} tell reports every failure, of reading the dropped files and of `take`
 */
export function acceptDrops(window, take, tell) {
  window.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  });
  window.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    // Entries are available only during the event; their contents are read afterwards.
    const items = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile()).filter((item) => item !== null);
    filesOf(items).then(take).catch(tell);
  });
}

/** @param {(File | FileSystemEntry)[]} items */
async function filesOf(items) {
  /** @type {{path: string, file: File}[]} */
  const files = [];
  for (const item of items) {
    if (item instanceof File) files.push({path: item.name, file: item});  // dropped by a script or an extension
    else for await (const file of walk(item, '')) files.push(file);
  }
  return files;
}

/**
 * A zip file may hold a model or pictures, which its list of files shows. A single picture outside a folder is one to recognize.
 * @param {{path: string, file: File}[]} dropped
 * @returns {Promise<'model' | 'picture' | 'data'>}
 */
export async function kindOf(dropped) {
  const files = dropped.filter(({path}) => !isSystemFile(path));
  if (files.length === 0) return 'data';
  if (isModel(files.map(({path}) => path))) return 'model';
  const [{path, file}] = files;
  if (files.length > 1) return 'data';
  if (isPicture(path) && !path.includes('/')) return 'picture';
  if (!/\.zip$/i.test(path)) return 'data';
  // Loading an unreadable zip file reports the error.
  const entries = await readZip(file, path).catch(() => []);
  return isModel(entries.map((entry) => entry.path)) ? 'model' : 'data';
}

/** @param {any} entry @param {string} folder @returns {AsyncGenerator<{path: string, file: File}>} */
async function* walk(entry, folder) {
  const path = folder + entry.name;
  if (entry.isFile) {
    yield {path, file: await read(path, (resolve, reject) => entry.file(resolve, reject))};
    return;
  }
  const reader = entry.createReader();
  for (;;) {  // a reader returns at most a hundred at a time
    /** @type {any[]} */
    const some = await read(path, (resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const child of some) yield* walk(child, `${path}/`);
  }
}

/** @template T @param {string} path @param {(resolve: (value: T) => void, reject: (error: any) => void) => void} ask @returns {Promise<T>} */
const read = (path, ask) => new Promise(ask).catch((error) => {
  throw new PlaygroundError('bad_data', `${path} cannot be read (${error?.message ?? error}); check that it still exists and that you have permission to read it.`, {cause: error});
});
