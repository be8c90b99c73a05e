// Starts the trainer's worker and detects its end.
import {connectTrainer} from './trainer_client.js';

// Firefox sometimes never runs a worker that is started in the first second of a page served by a service worker: the worker
// waits in `new Worker` for one of its threads, and no event reports that. A second worker, started a little later, works. The first
// one continues to load, because a slow network may be the reason.
const SILENCE_MS = 5000;  // before a second one is started; twice that before a third, and so on

/** @typedef {ReturnType<typeof connectTrainer>} Client */

/**
 * Starts a trainer worker, and more beside it while none answers; the first to answer stays. A worker that the browser kills
 * (out of memory) sends no event, but releases its lock, which the page detects.
 * @param {object} environment
 * @param {() => Worker} environment.createWorker
 * @param {LockManager} [environment.locks]
 * @param {{module: string, threads: number}} variant
 * @param {(event: import('./trainer_client.js').Message) => void} onEvent
 * @param {(end: import('./trainer_client.js').End) => void} onEnd
 */
export function startTrainer({createWorker, locks}, variant, onEvent, onEnd) {
  /** @type {{worker: Worker, client: Client}[]} */
  const tries = [];
  /** @type {Client | undefined} */
  let answering;
  /** @type {ReturnType<typeof setTimeout>} */
  let patience;
  const watching = new AbortController();

  /** @param {import('./trainer_client.js').End} end */
  function endAll(end) {
    if (watching.signal.aborted) return;
    watching.abort();
    clearTimeout(patience);
    tries.forEach(({worker}) => worker.terminate());
    onEnd(end);
  }

  /** @type {Promise<import('./trainer_client.js').Message>} */
  const hello = new Promise((resolve, reject) => {
    function begin() {
      const worker = createWorker();
      const client = connectTrainer(worker, onEvent, endAll);
      tries.push({worker, client});
      const lock = locks && `trainer ${crypto.randomUUID()}`;
      worker.postMessage({type: 'start', args: {...variant, lock}});
      client.call('hello', {threads: variant.threads}).then((answer) => {
        if (answering) return;
        answering = client;
        clearTimeout(patience);
        tries.filter((other) => other.worker !== worker).forEach((other) => other.worker.terminate());
        resolve(answer);
        // Requested only now that the worker surely holds the lock.
        if (locks && lock) locks.request(lock, {signal: watching.signal}, () => client.end('the worker was killed')).catch(() => {});
      }, reject);
      patience = setTimeout(begin, SILENCE_MS * 2 ** (tries.length - 1));
    }
    begin();
  });

  return {
    hello,
    /** @type {Client['call']} */
    call: (...what) => answering ? answering.call(...what) : hello.then(() => /** @type {Client} */ (answering).call(...what)),
    kill: () => (answering ?? tries[0].client).end('ended by the page'),
  };
}
