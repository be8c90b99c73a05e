// The page's side of the data worker.
import {PlaygroundError} from '../errors.js';

/**
 * Opens pictures in a new data worker, which ends when `parts` ends or the signal aborts.
 * @param {() => Worker} createWorker
 * @param {import('./data_worker.js').Opening} opening
 * @param {AbortSignal} signal
 */
export async function openPictures(createWorker, opening, signal) {
  const worker = createWorker();
  const close = () => worker.terminate();
  signal.addEventListener('abort', close, {once: true});

  /** @param {any} message @returns {Promise<any>} */
  const ask = (message) => new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, {once: true});
    worker.onmessage = ({data}) => {
      signal.removeEventListener('abort', onAbort);
      if (data.error) reject(new PlaygroundError(data.error.code, data.error.message));
      else resolve(data);
    };
    worker.onerror = (event) => reject(new PlaygroundError('failed', `Decoding pictures failed: ${event.message ?? 'its worker did not start; reload the page'}.`));
    worker.postMessage(message);
  });

  const {class_names, total, report: first} = await ask({open: opening}).catch((error) => {
    close();
    throw error;
  });
  let report = first;
  return {class_names, parts, report: () => report};

  /**
   * @param {ReturnType<typeof import('./progress.js').createProgress>} progress
   * @returns {AsyncGenerator<import('./data_loader.js').Part>}
   */
  async function* parts(progress) {
    progress.set({total});
    let skipped = 0;
    try {
      for (;;) {
        const {part, done, read, report: last} = await ask({});
        progress.add(read);
        if (last) report = last;
        if (done) return;
        skipped += part.skipped?.length ?? 0;
        progress.set({skipped});
        yield {type: 'load_images', args: {split: part.split}, payloads: [part.pictures.buffer, part.labels.buffer]};
      }
    } finally {
      close();
    }
  }
}
