// Detects that the browser has ended a worker, which sends no event: the worker holds a lock as long as it lives, and the page waits
// for that lock. Imported on both sides.

/**
 * On the page: the worker gets an `error` event when it ends.
 * @param {Worker} worker @param {LockManager | undefined} locks
 */
export function watched(worker, locks) {
  if (!locks) return worker;
  const lock = `worker ${crypto.randomUUID()}`;  // where there are locks, there is randomUUID: both need a secure page
  const {port1: answer, port2: held} = new MessageChannel();
  answer.onmessage = () => {
    answer.close();
    locks.request(lock, () => void worker.dispatchEvent(new ErrorEvent('error', {message: 'the browser ended its worker'}))).catch(() => {});
  };
  worker.postMessage({lock, held}, [held]);
  return worker;
}

/** In a worker: holds the lock as long as the worker lives. @param {string} name @returns {Promise<void>} resolves once it is held */
export const hold = (name) => new Promise((held, refused) => {
  navigator.locks.request(name, () => {
    held();
    return new Promise(() => {});
  }).catch(refused);
});

/** In a worker that is `watched`, before it listens for other messages. */
export function holdLock() {
  addEventListener('message', (event) => {
    const {lock, held} = event.data;
    if (!held) return;
    event.stopImmediatePropagation();
    hold(lock).then(() => held.postMessage({}), () => {});
  });
}
