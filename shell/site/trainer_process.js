import {connectTrainer} from './trainer_client.js';

/**
 * Starts a trainer worker. A worker that ends without a word (killed by the browser, out of memory) sends no event; the lock
 * it held is free then, and that is how the page knows.
 * @param {object} environment
 * @param {() => Worker} environment.createWorker
 * @param {LockManager} [environment.locks]
 * @param {{module: string, threads: number}} variant
 * @param {(event: import('./trainer_client.js').Message) => void} onEvent
 * @param {(end: import('./trainer_client.js').End) => void} onEnd
 */
export function startTrainer({createWorker, locks}, variant, onEvent, onEnd) {
  const worker = createWorker();
  const watching = new AbortController();
  const client = connectTrainer(worker, onEvent, (end) => {
    watching.abort();
    worker.terminate();
    onEnd(end);
  });
  const lock = locks && `trainer ${crypto.randomUUID()}`;
  worker.postMessage({type: 'start', args: {...variant, lock}});
  const hello = client.call('hello', {threads: variant.threads});
  if (locks && lock) {
    const watch = () => locks.request(lock, {signal: watching.signal}, () => client.end('the worker was killed'));
    // Asked for only after the worker's first answer, when it surely holds the lock.
    hello.then(watch).catch(() => {});
  }
  return {call: client.call, hello, kill: () => client.end('ended by the page')};
}
