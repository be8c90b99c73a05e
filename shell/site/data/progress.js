// Progress of a load as events.

const EVENT_EVERY_MS = 100;
const RATE_OVER_MS = 3000;  // the rate is the average over this time
const TICK_MS = 1000;       // between events at most, even if the connection stalls

/** @param {() => void} work @returns {() => void} stops it */
function everySecond(work) {
  const timer = setInterval(work, TICK_MS);
  return () => clearInterval(timer);
}

/** @typedef {ReturnType<typeof createProgress>} Progress */

/**
 * Progress of one load: bytes so far, rate and time left, as load_progress events, one to ten a second.
 * @param {(event: {type: string, args: any, payloads: ArrayBuffer[]}) => void} emit
 * @param {() => number} now milliseconds
 * @param {string} source
 * @param {typeof everySecond} [tick]
 */
export function createProgress(emit, now, source, tick = everySecond) {
  /** @type {{at: number, received: number}[]} */
  const marks = [{at: now(), received: 0}];
  let lastEvent = -Infinity;
  const state = {source, file: '', received: 0, total: /** @type {number | undefined} */ (undefined), records: 0, skipped: 0, done: false};

  function send() {
    const {at, received} = marks[0];
    const seconds = (now() - at) / 1000;
    const rate = seconds > 0 ? (state.received - received) / seconds : 0;
    const left = state.total !== undefined && rate > 0 ? (state.total - state.received) / rate : undefined;
    lastEvent = now();
    // Some bytes may be read twice: the end of a file is also read for its index.
    const shown = Math.min(state.received, state.total ?? Infinity);
    emit({type: 'load_progress', args: {...state, received: shown, bytes_per_second: rate, seconds_left: left}, payloads: []});
  }

  const stop = tick(send);
  return {
    /** @param {Partial<typeof state>} change */
    set(change) {
      Object.assign(state, change);
    },
    /** Begins again, with another amount of work. @param {string} name */
    restart(name) {
      Object.assign(state, {source: name, file: '', received: 0, total: undefined});
      marks.splice(0, marks.length, {at: now(), received: 0});
    },
    /** @param {number} bytes */
    add(bytes) {
      state.received += bytes;
      const at = now();
      marks.push({at, received: state.received});
      while (marks.length > 2 && marks[1].at < at - RATE_OVER_MS) marks.shift();
      if (at - lastEvent >= EVENT_EVERY_MS) send();
    },
    /** @param {string} [error] why the load failed, if it did */
    end(error) {
      stop();
      Object.assign(state, {done: true, error});
      send();
    },
  };
}
