// Reads parts of a file, from a server or from this machine.
import {download, fileName} from './download.js';
import {PlaygroundError} from '../errors.js';

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 250;

/** @typedef {import('./parquet_pictures.js').RandomAccess} RandomAccess */

/**
 * A file on a server, read in parts by range requests. If the server does not support them, the whole file is read once.
 * @param {import('./download.js').DownloadEnvironment} environment
 * @param {string} url
 * @param {(bytes: number) => void} onRead
 * @returns {Promise<RandomAccess>}
 */
export async function openUrl(environment, url, onRead) {
  const {fetch, wait} = environment;
  const name = fileName(url);
  /** @type {Promise<ArrayBuffer> | undefined} */
  let whole;

  /** @param {RequestInit} options @returns {Promise<Response>} */
  async function ask(options) {
    for (let attempt = 0; ; ++attempt) {
      try {
        const response = await fetch(url, options);
        if (response.ok) return response;
        if (response.status === 404) throw new PlaygroundError('not_found', `${name} was not found (404); expected a parquet file at ${url}.`);
        if (response.status < 500) throw new PlaygroundError('network', `${name}: the server answered ${response.status}.`);
        throw new Error(`status ${response.status}`);
      } catch (error) {
        if (error instanceof PlaygroundError) throw error;
        if (attempt === ATTEMPTS - 1) {
          throw new PlaygroundError('network', `${name}: the connection failed; check the network and load again.`, {cause: error});
        }
        await wait(FIRST_WAIT_MS * 2 ** attempt);
      }
    }
  }

  /** @param {Response} [first] */
  async function readWhole(first) {
    const pieces = [];
    for await (const piece of download(environment, url, {expected: 'a parquet file', first})) {
      pieces.push(piece);
      onRead(piece.length);
    }
    return new Blob(pieces).arrayBuffer();
  }

  const head = await ask({method: 'HEAD'});
  const length = Number(head.headers.get('content-length') ?? NaN);
  if (!Number.isFinite(length) || head.headers.get('content-encoding')) {
    const buffer = await (whole = readWhole());
    return {byteLength: buffer.byteLength, slice: async (start, end) => buffer.slice(start, end)};
  }
  return {
    byteLength: length,
    async slice(start, end = length) {
      if (whole) return (await whole).slice(start, end);
      for (let attempt = 0; ; ++attempt) {
        const response = await ask({headers: {range: `bytes=${start}-${end - 1}`}});
        if (response.status !== 206) {
          if (whole) response.body?.cancel().catch(() => {});
          whole ??= readWhole(response);
          return (await whole).slice(start, end);
        }
        const part = await response.arrayBuffer().catch(() => new ArrayBuffer(0));  // the connection was lost
        if (part.byteLength === end - start) {
          onRead(part.byteLength);
          return part;
        }
        if (attempt === ATTEMPTS - 1) {
          throw new PlaygroundError('network', `${name}: received ${part.byteLength} of ${end - start} requested bytes; load it again.`);
        }
        await wait(FIRST_WAIT_MS * 2 ** attempt);
      }
    },
  };
}

/** @param {Blob} file @param {(bytes: number) => void} onRead @returns {RandomAccess} */
export const openBlob = (file, onRead) => ({
  byteLength: file.size,
  async slice(start, end) {
    const part = await file.slice(start, end).arrayBuffer();
    onRead(part.byteLength);
    return part;
  },
});
