// Which tab this is: an id that survives a reload, and that no other open tab has.

const KEY = 'tab';
// After a reload the browser may release the old document's lock a little late. A duplicated tab begins with its original's id and
// always times out.
const PATIENCE_MS = 1000;

/** @typedef {ReturnType<typeof createTab>} Tab */

/** @param {string} id */
const lockOf = (id) => `tab ${id}`;

/**
 * @param {object} environment
 * @param {() => Storage} environment.sessionStorage throws where a setting forbids it
 * @param {LockManager | undefined} environment.locks
 * @param {() => string} environment.newId
 * @param {() => AbortSignal} [environment.patience]
 */
export function createTab({sessionStorage, locks, newId, patience = () => AbortSignal.timeout(PATIENCE_MS)}) {
  /** @returns {string | null} */
  function remembered() {
    try {
      return sessionStorage().getItem(KEY);
    } catch {
      return null;
    }
  }

  /** @param {string} id */
  function remember(id) {
    try {
      sessionStorage().setItem(KEY, id);
    } catch {}  // then a reload makes another tab of it
    return id;
  }

  /**
   * Whether this tab has the id for its whole life.
   * @param {string} id @param {LockOptions} options
   * @returns {Promise<boolean>}
   */
  const claim = (id, options) => new Promise((resolve) => {
    const held = locks?.request(lockOf(id), options, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    });
    if (!held) return resolve(true);
    held.catch(() => resolve(false));
  });

  async function find() {
    const before = remembered();
    if (before && await claim(before, {signal: patience()})) return before;
    const id = newId();
    await claim(id, {ifAvailable: true});
    return remember(id);
  }

  const id = find();
  return {
    id,
    /** The ids of the tabs that live, this one among them. @returns {Promise<Set<string>>} */
    async living() {
      const own = await id;
      const {held = []} = await locks?.query() ?? {};
      return new Set([own, ...held.flatMap(({name = ''}) => (name.startsWith(lockOf('')) ? [name.slice(lockOf('').length)] : []))]);
    },
  };
}
