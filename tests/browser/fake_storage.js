// A browser's storage and locks in memory, shared by fake tabs.
import {setImmediate as turn} from 'node:timers/promises';

/**
 * One folder of the origin-private file system, and the worker that writes it.
 * @param {{quota?: number, full?: number}} [limits] quota: what the browser says; full: where writing fails, changed by `fillAt`
 */
export function fakeFiles({quota = Infinity, full = Infinity} = {}) {
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  const usage = () => [...files.values()].reduce((sum, {length}) => sum + length, 0);
  const folder = {
    async *keys() { yield* files.keys(); },
    async getFileHandle(name) {
      if (!files.has(name)) throw new Error('NotFoundError');
      return {getFile: async () => new Blob([files.get(name)])};
    },
  };
  return {
    files,
    storage: {estimate: async () => ({quota, usage: usage()}), getDirectory: async () => ({getDirectoryHandle: async () => folder})},
    /** A worker that takes a turn of the event loop for each request. */
    createFileWorker: () => Object.assign(new EventTarget(), {
      async postMessage({name, whole, remove, reply}) {
        await turn();
        if (whole) {
          const part = whole.slice(0, Math.max(0, full - usage()));
          files.set(name, Buffer.from(part));
          if (part.byteLength < whole.byteLength) return reply.postMessage({error: {code: 'storage_full', message: 'No storage left.'}});
        } else if (remove && name) files.delete(name);
        else if (remove) files.clear();
        reply.postMessage({});
      },
    }),
    /** @param {number} bytes */
    fillAt: (bytes) => { full = bytes; },
    /** Descriptions of complete places. */
    kept: () => [...files].filter(([name, bytes]) => name.endsWith('.json') && bytes.length > 0).map(([, bytes]) => JSON.parse(String(bytes))),
  };
}

/** Locks of one origin. `client()` is a tab's view; `die()` releases all it holds. */
export function fakeLocks() {
  /** @type {Map<string, {owner: object, queue: (() => void)[]}>} */
  const held = new Map();
  const release = (name) => {
    const {queue} = held.get(name);
    held.delete(name);
    queue.shift()?.();
    if (held.has(name)) held.get(name).queue.push(...queue);
  };
  return {
    client() {
      const owner = {};
      return {
        request: (name, ...rest) => new Promise((resolve, reject) => {
          const [options, work] = rest.length > 1 ? rest : [{}, rest[0]];
          const take = async () => {
            held.set(name, {owner, queue: []});
            try {
              resolve(await work({name}));
            } catch (error) {
              reject(error);
            } finally {
              if (held.get(name)?.owner === owner) release(name);
            }
          };
          if (!held.has(name)) return take();
          if (options.ifAvailable) return resolve(work(null));
          const {queue} = held.get(name);
          queue.push(take);
          options.signal?.addEventListener('abort', () => {
            queue.splice(queue.indexOf(take), 1);
            reject(options.signal.reason);
          });
        }),
        query: async () => ({held: [...held.keys()].map((name) => ({name}))}),
        die: () => [...held].forEach(([name, lock]) => lock.owner === owner && release(name)),
      };
    },
  };
}

/** A tab's sessionStorage. @param {Map<string, string>} [items] */
export const fakeSession = (items = new Map()) => ({getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value), items});
