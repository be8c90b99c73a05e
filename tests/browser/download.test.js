import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {after, before, describe, test} from 'node:test';

import {download} from '../../shell/site/data/download.js';

const CONTENT = Uint8Array.from({length: 300_000}, (_, i) => (i * 7 + (i >> 8)) & 255);

/** How each path misbehaves. `tries` counts the requests of one test. */
const PATHS = {
  '/good.bin': (request, response) => sendRange(request, response),
  '/drops.bin'(request, response, tries) {  // breaks off halfway, twice, then answers the range request
    if (tries > 2) return sendRange(request, response);
    const start = rangeOf(request) ?? 0;
    response.writeHead(start ? 206 : 200, {
      'etag': '"1"', 'content-length': CONTENT.length - start, ...(start && {'content-range': `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}`}),
    });
    response.write(CONTENT.slice(start, start + 100_000), () => setImmediate(() => response.destroy()));
  },
  '/drops-no-range.bin'(request, response, tries) {
    response.writeHead(200, {'content-length': CONTENT.length});
    if (tries > 1) return response.end(CONTENT);
    response.write(CONTENT.slice(0, 100_000), () => setImmediate(() => response.destroy()));
  },
  '/always-drops.bin': (request, response) => response.destroy(),
  '/changes.bin'(request, response, tries) {
    if (tries > 1) return sendRange(request, response, '"2"');
    response.writeHead(200, {'content-length': CONTENT.length, 'etag': '"1"'});
    response.write(CONTENT.slice(0, 100_000), () => setImmediate(() => response.destroy()));
  },
  '/other-part.bin'(request, response, tries) {
    response.writeHead(tries > 1 ? 206 : 200, {'content-length': 10, ...(tries > 1 && {'content-range': 'bytes 0-9/10'})});
    if (tries > 1) return response.end(CONTENT.slice(0, 10));
    response.write(CONTENT.slice(0, 5), () => setImmediate(() => response.destroy()));
  },
  '/moved.bin': (request, response) => response.writeHead(302, {location: '/good.bin'}).end(),
  '/broken.bin': (request, response) => response.writeHead(500).end(),
};

const rangeOf = (request) => {
  const match = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  return match ? Number(match[1]) : undefined;
};

function sendRange(request, response, etag = '"1"') {
  const start = rangeOf(request);
  response.writeHead(start === undefined ? 200 : 206, {
    etag, 'content-length': CONTENT.length - (start ?? 0),
    ...(start !== undefined && {'content-range': `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}`}),
  });
  response.end(CONTENT.slice(start ?? 0));
}

describe('download', () => {
  let server, origin;
  const tries = new Map();
  before(async () => {
    server = createServer((request, response) => {
      tries.set(request.url, (tries.get(request.url) ?? 0) + 1);
      const answer = PATHS[request.url];
      if (answer) answer(request, response, tries.get(request.url));
      else response.writeHead(404).end();
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function read(path, options) {
    const waits = [];
    const pieces = [];
    const environment = {fetch, wait: async (milliseconds) => void waits.push(milliseconds)};
    for await (const piece of download(environment, origin + path, options)) pieces.push(piece);
    return {content: Buffer.concat(pieces), waits};
  }

  test('gives the whole file and announces its size', async () => {
    const totals = [];
    const {content, waits} = await read('/good.bin', {onTotal: (bytes) => totals.push(bytes)});
    assert.deepEqual(content, Buffer.from(CONTENT));
    assert.deepEqual([totals, waits], [[CONTENT.length], []]);
  });

  test('follows a redirect', async () => {
    assert.deepEqual((await read('/moved.bin')).content, Buffer.from(CONTENT));
  });

  test('continues with range requests where the connection was lost', async () => {
    const {content, waits} = await read('/drops.bin');
    assert.deepEqual(content, Buffer.from(CONTENT));
    assert.equal(waits.length, 2);
  });

  test('reads again from the start where the server knows no ranges', async () => {
    assert.deepEqual((await read('/drops-no-range.bin')).content, Buffer.from(CONTENT));
  });

  test('gives up after a while, saying how far it came', async () => {
    await assert.rejects(read('/always-drops.bin'), {code: 'network', message: /always-drops\.bin.*after 0 bytes/});
  });

  test('does not join two versions of a file', async () => {
    await assert.rejects(read('/changes.bin'), {code: 'network', message: /changes\.bin changed/});
  });

  test('does not take another part than it asked for', async () => {
    await assert.rejects(read('/other-part.bin'), {code: 'network', message: /a part other than/});
  });

  test('a missing file is named, with what was expected', async () => {
    await assert.rejects(read('/no.bin'), {code: 'not_found', message: /no\.bin.*404.*expected CIFAR-10 records/});
  });

  test('any other answer of the server is reported', async () => {
    await assert.rejects(read('/broken.bin'), {code: 'network', message: /broken\.bin.*500/});
  });

  test('ends at once when canceled', async () => {
    const abort = new AbortController();
    const environment = {fetch, wait: async () => {}};
    const reading = (async () => {
      for await (const piece of download(environment, `${origin}/good.bin`, {signal: abort.signal})) {
        if (piece.length) abort.abort(new Error('enough'));
      }
    })();
    await assert.rejects(reading, /enough/);
  });
});
