// The runs that the workbench lists, kept for later visits: small texts in the browser's local storage, which all tabs share.

const PREFIX = 'run ';
const MOST = 64;

/** @typedef {ReturnType<typeof createKeptRuns>} KeptRuns */

/**
 * @param {object} environment
 * @param {() => Storage} environment.localStorage throws where a setting forbids it
 * @param {() => string} environment.newId
 * @param {() => number} environment.now
 */
export function createKeptRuns({localStorage, newId, now}) {
  /** @returns {Storage | undefined} */
  function storage() {
    try {
      return localStorage();
    } catch {
      return undefined;
    }
  }

  /** What is stored, the oldest first; what is not of this page's making is left out. */
  function all() {
    const place = storage();
    if (!place) return [];
    return Object.keys(place).filter((name) => name.startsWith(PREFIX)).flatMap((name) => {
      try {
        const {began, run} = JSON.parse(place.getItem(name) ?? '');
        return typeof began === 'number' && typeof run === 'string' ? [{key: name.slice(PREFIX.length), began, run}] : [];
      } catch {
        return [];
      }
    }).sort((a, b) => a.began - b.began);
  }

  return {
    list: () => all().slice(-MOST).map(({key, run}) => ({key, run})),
    /** Stores a run. Deletes older runs if storage is full. @param {string} key empty: a new one @param {string} run @returns {string} its key; empty if it is not stored */
    keep(key, run) {
      const place = storage();
      if (!place) return '';
      const stored = all();
      const own = stored.find((one) => one.key === key);
      const id = own ? key : newId();
      const others = stored.filter((one) => one !== own);
      for (const {key: oldest} of others.splice(0, Math.max(0, others.length - MOST + 1))) place.removeItem(PREFIX + oldest);
      for (;;) {
        try {
          place.setItem(PREFIX + id, JSON.stringify({began: own?.began ?? now(), run}));
          return id;
        } catch {
          const oldest = others.shift();
          if (!oldest) return '';
          place.removeItem(PREFIX + oldest.key);
        }
      }
    },
    /** @param {string} key */
    forget: (key) => storage()?.removeItem(PREFIX + key),
  };
}
