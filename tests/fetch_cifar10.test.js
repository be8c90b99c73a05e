import assert from 'node:assert/strict';
import {createHash, randomBytes} from 'node:crypto';
import {mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, test} from 'node:test';

import {fetchArchive} from '../shell/fetch_cifar10.js';

const ARCHIVE = randomBytes(300_000);
const MD5 = createHash('md5').update(ARCHIVE).digest('hex');

/** A host of the archive. `cut`: bytes after which each answer breaks off; `ranges`: whether it supports range requests. */
async function host({cut = Infinity, ranges = true, status = 200} = {}) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.range);
    if (status !== 200) return response.writeHead(status).end();
    const start = ranges ? Number(/\d+/.exec(request.headers.range ?? '0')) : 0;
    if (start >= ARCHIVE.length) return response.writeHead(416).end();
    const rest = ARCHIVE.subarray(start);
    response.writeHead(start ? 206 : 200, {'Content-Length': rest.length});
    response.write(rest.subarray(0, cut), () => (rest.length > cut ? response.destroy() : response.end()));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {url: `http://127.0.0.1:${server.address().port}/a.tar.gz`, asked, close: () => server.close()};
}

describe('fetch-cifar10', () => {
  let folder, server;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'fetch-test-'))));
  afterEach(async () => {
    server.close();
    await rm(folder, {recursive: true});
  });
  const get = (more) => fetchArchive({folder, url: server.url, expected: MD5, ...more});

  test('the archive arrives whole, with progress up to its size', async () => {
    server = await host();
    const seen = [];
    const path = await get({onProgress: (...progress) => seen.push(progress)});
    assert.deepEqual(await readFile(path), ARCHIVE);
    assert.deepEqual(seen.at(-1), [ARCHIVE.length, ARCHIVE.length]);
    assert.deepEqual(await readdir(folder), ['cifar-10-binary.tar.gz']);
  });

  test('a connection that breaks is taken up again where it broke', async () => {
    server = await host({cut: 100_000});
    assert.deepEqual(await readFile(await get()), ARCHIVE);
    assert.ok(server.asked.length >= 3 && server.asked.slice(1).every((range) => /^bytes=\d+-$/.test(range)), String(server.asked));
  });

  test('what an earlier run left is used; a host without ranges starts again', async () => {
    for (const ranges of [true, false]) {
      server?.close();
      server = await host({ranges});
      await rm(join(folder, 'cifar-10-binary.tar.gz'), {force: true});
      await writeFile(join(folder, 'cifar-10-binary.tar.gz.part'), ARCHIVE.subarray(0, 1234));
      assert.deepEqual(await readFile(await get()), ARCHIVE);
      assert.deepEqual(server.asked, ['bytes=1234-']);
    }
  });

  test('a second run downloads nothing', async () => {
    server = await host();
    await get();
    await get();
    assert.equal(server.asked.length, 1);
  });

  test('a different file is rejected and not stored', async () => {
    server = await host();
    await assert.rejects(get({expected: '0'.repeat(32)}), /not the official archive.*expected 0{32}/);
    assert.deepEqual(await readdir(folder), []);
  });

  test('a host that does not have it is named, with its answer', async () => {
    server = await host({status: 404});
    await assert.rejects(get(), /a\.tar\.gz could not be fetched: .*404/);
  });
});
