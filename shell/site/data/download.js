// Downloads that continue after a lost connection.
import {PlaygroundError} from '../errors.js';

const ATTEMPTS = 6;            // in a row without a byte; every byte that arrives restarts the count
const FIRST_WAIT_MS = 250;     // doubles from attempt to attempt

/**
 * @typedef {object} DownloadEnvironment
 * @property {typeof globalThis.fetch} fetch
 * @property {(milliseconds: number, signal?: AbortSignal) => Promise<void>} wait
 */

/**
 * The bytes of a URL, piece by piece. After a lost connection a range request continues where it stopped. If the server does not
 * support ranges, the file is read again from the start and the known part skipped.
 * @param {DownloadEnvironment} environment
 * @param {string} url
 * @param {{signal?: AbortSignal, onTotal?: (bytes: number) => void, expected?: string, first?: Response}} [options] `expected`: for error
 *   messages. `first`: the server's answer to a first request, with the whole file
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, {received: number, mime: string}>}
 */
export async function* download({fetch, wait}, url, {signal, onTotal, expected = 'CIFAR-10 records', first} = {}) {
  const name = fileName(url);
  let received = 0;
  /** @type {number | undefined} */
  let total;
  let mime = '';
  let version = '';
  for (let attempt = 1; ; ++attempt) {
    let skip = 0;
    try {
      const response = first ?? await fetch(url, {signal, headers: received > 0 ? {range: `bytes=${received}-`} : {}});
      first = undefined;
      if (response.status === 416 && received > 0) throw truncated(name, received, total);
      if (!response.ok) throw refused(name, response, expected);
      mime = response.headers.get('content-type') ?? '';
      const tag = response.headers.get('etag') ?? '';
      if (received > 0 && tag !== version) throw new PlaygroundError('network', `${name} changed on the server while it was loading; load it again.`);
      version = tag;
      if (response.status === 206) {
        // Another origin may hide the header; then trust that 206 means the requested range.
        if ((rangeStart(response) ?? received) !== received) throw new PlaygroundError('network', `${name}: the server sent a part other than the requested one.`);
      } else {
        skip = received;
        total = plainLength(response);
        if (total !== undefined) onTotal?.(total);
      }
      if (!response.body) throw new PlaygroundError('network', `${name}: the server sent no content.`);
      for await (const chunk of pieces(response.body, signal)) {
        const fresh = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - fresh.length;
        if (fresh.length === 0) continue;
        received += fresh.length;
        attempt = 0;
        yield fresh;
      }
      if (total === undefined || received === total) return {received, mime};
      if (received > total) {
        throw new PlaygroundError('bad_data', `${name}: received ${received} bytes; the server announced ${total}.`);
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof PlaygroundError) throw error;
      if (attempt >= ATTEMPTS) {
        throw new PlaygroundError('network',
            `${name}: the connection failed after ${received} bytes${total ? ` of ${total}` : ''}; check the network and load again.`,
            {cause: error});
      }
    }
    if (attempt >= ATTEMPTS) throw truncated(name, received, total);
    await wait(FIRST_WAIT_MS * 2 ** attempt, signal);
  }
}

/** @param {string} url */
export function fileName(url) {
  const name = new URL(url).pathname.split('/').pop() || url;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;  // a percent sign that stands for itself
  }
}

/** @param {Response} response */
function rangeStart(response) {
  const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  return match ? Number(match[1]) : undefined;
}

/** @param {Response} response */
function plainLength(response) {
  if (response.headers.get('content-encoding')) return undefined;  // the header counts compressed bytes
  const length = Number(response.headers.get('content-length') ?? NaN);
  return Number.isFinite(length) ? length : undefined;
}

/** @param {string} name @param {Response} response @param {string} expected */
function refused(name, response, expected) {
  if (response.status === 404) {
    return new PlaygroundError('not_found', `${name} was not found (404); expected ${expected} at ${response.url}.`);
  }
  return new PlaygroundError('network', `${name}: the server answered ${response.status} ${response.statusText}`.trim() + '.');
}

/** @param {string} name @param {number} received @param {number} [total] */
function truncated(name, received, total) {
  return new PlaygroundError('bad_data', `${name} ends after ${received} bytes${total ? `; ${total} were announced` : ''}. Load it again.`);
}

/**
 * Not every browser supports `for await` over a stream.
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} stream
 * @param {AbortSignal} [signal]
 */
export async function* pieces(stream, signal) {
  const reader = stream.getReader();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const {done, value} = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Pauses, or ends early by throwing the signal's reason.
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function wait(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, {once: true});
  });
}
