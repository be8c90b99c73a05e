// The development server: files of one folder, and a data set beside them, on this machine only.
//   node shell/server.js FOLDER [--port N] [--data PATH] [--no-isolation]
// It answers GET and HEAD, and serves nothing outside the two folders, whatever paths or symbolic links say.
import {createReadStream} from 'node:fs';
import {readdir, realpath, stat} from 'node:fs/promises';
import {createServer} from 'node:http';
import {basename, extname, join, sep} from 'node:path';
import {pathToFileURL} from 'node:url';

const TYPES = {
  '.bin': 'application/octet-stream', '.css': 'text/css; charset=utf-8', '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8', '.ico': 'image/x-icon', '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8', '.json': 'application/json', '.png': 'image/png',
  '.mjs': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml', '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
// This page alone may use the camera, for pictures to recognize; it needs no other device.
const PERMISSIONS = {'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()'};
const ARCHIVE = 'cifar-10-binary.tar.gz';  // the name the page requests, whatever the file's name here
const BATCH = /^((data_batch_[1-5]|test_batch)\.bin)$/;

/** A response other than a file. */
class Refusal extends Error {
  /** @param {number} status @param {string} message @param {Record<string, string>} headers */
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * The decoded path of a request as names. Encoded slashes and leading dots are refused: no file here needs them.
 * @param {string} target as in the request's first line, with its query
 */
export function pathNames(target) {
  const path = target.split(/[?#]/, 1)[0];
  if (!path.startsWith('/')) throw new Refusal(400, 'The path must start with a slash.');
  let names;
  try {
    names = path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    throw new Refusal(400, 'The path is not valid percent-encoding.');
  }
  for (const name of names) {
    if (/[/\\\0]/.test(name)) throw new Refusal(400, 'The path contains an encoded slash, a backslash or a zero byte.');
    if (name.startsWith('.')) throw new Refusal(404, 'Names that begin with a dot are not served.');
  }
  return names;
}

/**
 * @param {string} header the Range header
 * @param {number} size of the file
 * @returns {{start: number, end: number} | null} both ends included; null: send all of it
 */
export function byteRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  if (!match || (match[1] === '' && match[2] === '')) return null;  // a server may ignore other units and multiple ranges
  const [first, last] = [match[1], match[2]];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size || start > end) {
    throw new Refusal(416, 'The range is outside the file.', {'Content-Range': `bytes */${size}`});
  }
  return {start, end};
}

/** The content of data/manifest.json for --data; the page requests only files listed there. @param {Places['data']} data */
async function manifest(data) {
  if (!data) return null;
  const names = data.archive ? [ARCHIVE] : (await readdir(data.path)).filter((name) => BATCH.test(name)).sort();
  const bytes = (/** @type {string} */ name) => stat(data.archive ? data.path : join(data.path, name)).then(({size}) => size);
  return JSON.stringify({files: await Promise.all(names.map(async (name) => ({name, bytes: await bytes(name)})))});
}

/** The file of a request, links resolved. Throws a Refusal. @param {string[]} names @param {Places} places */
async function findFile(names, {root, data}) {
  const ofData = data && names[0] === 'data' && names.length > 1;
  const base = ofData ? data.path : root;
  try {
    if (ofData && data.archive) {
      if (names.slice(1).join('/') !== ARCHIVE) throw new Refusal(404, 'There is no such file.');
      return {path: data.path, info: await stat(data.path)};
    }
    const path = await realpath(join(base, ...(ofData ? names.slice(1) : names)));
    if (path !== base && !path.startsWith(base + sep)) throw new Refusal(403, 'Links out of the folder are not followed.');
    const info = await stat(path);
    if (info.isFile() && names.at(-1) !== '') return {path, info};
    if (!info.isDirectory()) throw new Refusal(404, 'There is no such file.');
    if (names.at(-1) !== '') throw new Refusal(301, 'This is a folder.', {Location: `${basename(path)}/`});
    const index = join(path, 'index.html');
    return {path: index, info: await stat(index)};
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(404, 'There is no such file.');
  }
}

/**
 * @typedef {{root: string, data: {path: string, archive: boolean} | null}} Places links resolved
 * @param {{root: string, data?: string, isolation?: boolean}} options data: a folder of batches, or the archive
 * @returns {Promise<import('node:http').Server>} not listening yet
 */
export async function makeServer({root, data, isolation = true}) {
  /** @type {Places} */
  const places = {root: await realpath(root), data: null};
  if (data) {
    const path = await realpath(data);
    places.data = {path, archive: (await stat(path)).isFile()};
  }
  const common = {...(isolation ? ISOLATION : {}), ...PERMISSIONS, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-cache'};

  return createServer(async (request, response) => {
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new Refusal(405, 'Only GET and HEAD are supported.', {Allow: 'GET, HEAD'});
      }
      const names = pathNames(request.url ?? '');
      const listed = names.join('/') === 'data/manifest.json' ? await manifest(places.data) : null;
      if (listed) {
        response.writeHead(200, {...common, 'Content-Type': TYPES['.json'], 'Content-Length': Buffer.byteLength(listed)});
        return response.end(request.method === 'HEAD' ? '' : listed);
      }
      const {path, info} = await findFile(names, places);
      const version = `"${info.size.toString(36)}-${Math.floor(info.mtimeMs).toString(36)}"`;
      const headers = {
        ...common, 'Accept-Ranges': 'bytes', 'ETag': version,
        'Content-Type': TYPES[/** @type {keyof TYPES} */ (extname(path))] ?? 'application/octet-stream',
      };
      if (request.headers['if-none-match'] === version) {
        return response.writeHead(304, headers).end();
      }
      const range = request.headers.range ? byteRange(request.headers.range, info.size) : null;
      const {start, end} = range ?? {start: 0, end: info.size - 1};
      response.writeHead(range ? 206 : 200, {
        ...headers, 'Content-Length': end - start + 1,
        ...(range && {'Content-Range': `bytes ${start}-${end}/${info.size}`}),
      });
      if (request.method === 'HEAD' || info.size === 0) return response.end();
      const file = createReadStream(path, {start, end});
      file.on('error', () => response.destroy());
      response.on('close', () => file.destroy());
      file.pipe(response);
    } catch (error) {
      const {status, message, headers} = error instanceof Refusal ? error : new Refusal(500, 'Internal server error.');
      const body = request.method === 'HEAD' ? '' : `${message}\n`;
      response.writeHead(status, {...common, ...headers, 'Content-Type': 'text/plain; charset=utf-8'}).end(body);
    }
  });
}

async function main(/** @type {string[]} */ args) {
  const options = {root: '', data: /** @type {string | undefined} */ (undefined), port: 8000, isolation: true};
  while (args.length) {
    const arg = args.shift();
    if (arg === '--port') options.port = Number(args.shift());
    else if (arg === '--data') options.data = args.shift();
    else if (arg === '--no-isolation') options.isolation = false;
    else options.root = arg ?? '';
  }
  const server = await makeServer(options);
  server.on('error', (error) => {
    const inUse = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
    console.error(inUse ? `Port ${options.port} is in use; choose another with --port N.` : error.message);
    process.exit(1);
  });
  server.listen(options.port, '127.0.0.1', () => {
    const {port} = /** @type {import('node:net').AddressInfo} */ (server.address());
    console.log(`Serving http://localhost:${port}/  (press Ctrl+C to stop)`);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2));
