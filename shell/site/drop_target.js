// Files and folders dropped anywhere on the page.

const MODEL_FILE = /\.(json|weights\.bin|group\d+-shard\d+of\d+\.bin|safetensors|onnx)$/i;

/**
 * @param {Window} window
 * @param {(files: {path: string, file: File}[]) => void} onFiles
 */
export function acceptDrops(window, onFiles) {
  window.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  });
  window.addEventListener('drop', async (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    // The entries must be taken before the event ends; reading them takes longer.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
    const files = [];
    for (const entry of entries) for await (const file of walk(entry, '')) files.push(file);
    onFiles(files);
  });
}

/** Whether dropped files are a model rather than pictures. @param {{path: string}[]} files */
export const areModel = (files) => files.length > 0 && files.every(({path}) => MODEL_FILE.test(path));

/** @param {any} entry @param {string} folder @returns {AsyncGenerator<{path: string, file: File}>} */
async function* walk(entry, folder) {
  const path = folder + entry.name;
  if (entry.isFile) {
    yield {path, file: await new Promise((resolve, reject) => entry.file(resolve, reject))};
    return;
  }
  const reader = entry.createReader();
  for (;;) {  // a reader gives at most a hundred at a time
    /** @type {any[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const child of some) yield* walk(child, `${path}/`);
  }
}
