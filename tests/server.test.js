import assert from 'node:assert/strict';
import {mkdtemp, mkdir, rm, symlink, writeFile} from 'node:fs/promises';
import {request} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {makeServer} from '../shell/server.js';

/** Sends the path exactly as written: fetch() would resolve ".." before the server sees it. */
function get(server, path, {method = 'GET', headers = {}} = {}) {
  return new Promise((resolve, reject) => {
    const {port} = server.address();
    request({port, host: '127.0.0.1', path, method, headers}, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({
        status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString(),
      }));
    }).on('error', reject).end();
  });
}

const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));

describe('server', () => {
  let folder, server;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'server-test-'));
    await mkdir(join(folder, 'site/deep'), {recursive: true});
    await mkdir(join(folder, 'site-secret'));
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'secret.txt'), 'secret');
    await writeFile(join(folder, 'site-secret/secret.txt'), 'secret');
    await writeFile(join(folder, 'site/index.html'), '<!doctype html>');
    await writeFile(join(folder, 'site/.hidden'), 'secret');
    await writeFile(join(folder, 'site/empty.txt'), '');
    await writeFile(join(folder, 'site/a b.txt'), '0123456789');
    await writeFile(join(folder, 'site/app.wasm'), '\0asm');
    await writeFile(join(folder, 'site/app.js'), '');
    await symlink('../secret.txt', join(folder, 'site/link.txt'));
    await symlink('..', join(folder, 'site/up'));
    await symlink('a b.txt', join(folder, 'site/inside.txt'));
    await writeFile(join(folder, 'data/test_batch.bin'), 'pictures');
    await writeFile(join(folder, 'data/other.txt'), 'secret');
    await symlink('../secret.txt', join(folder, 'data/link.bin'));
    server = await listening(await makeServer({root: join(folder, 'site'), data: join(folder, 'data')}));
  });
  after(async () => {
    server.close();
    await rm(folder, {recursive: true});
  });

  test('nothing outside the folder is served', async () => {
    const paths = [
      '/../secret.txt', '/deep/../../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/%2E%2E%2Fsecret.txt',
      '/deep/..%5c..%5csecret.txt', '/..\\secret.txt', '//../secret.txt', '/./../secret.txt', '/link.txt', '/up/secret.txt',
      '/../site-secret/secret.txt', '/data/../../secret.txt', '/data/link.bin', '/.hidden', '/%2ehidden',
      '/%00', '/a%00.txt', '/%', '/%c0%ae%c0%ae/secret.txt', '/%252e%252e/secret.txt',
    ];
    for (const path of paths) {
      const answer = await get(server, path);
      assert.ok([400, 403, 404].includes(answer.status), `${path} gave ${answer.status}`);
      assert.ok(!answer.body.includes('secret'), path);
    }
  });

  test('an invalid path is rejected', async () => {
    for (const path of ['http://example.org/secret.txt', '*', 'secret.txt']) {
      assert.equal((await get(server, path)).status, 400, path);
    }
  });

  test('a link that stays inside is followed', async () => {
    assert.equal((await get(server, '/inside.txt')).body, '0123456789');
  });

  test('the folder gives its index, a name without slash is sent on', async () => {
    const index = await get(server, '/?query');
    assert.equal(index.status, 200);
    assert.equal(index.body, '<!doctype html>');
    assert.equal((await get(server, '/deep')).headers.location, 'deep/');
    assert.equal((await get(server, '/deep/')).status, 404);
    assert.equal((await get(server, '/a%20b.txt/')).status, 404);
  });

  test('content types are those that browsers insist on', async () => {
    assert.equal((await get(server, '/app.wasm')).headers['content-type'], 'application/wasm');
    assert.match((await get(server, '/app.js')).headers['content-type'], /^text\/javascript/);
    assert.match((await get(server, '/')).headers['content-type'], /^text\/html/);
    assert.equal((await get(server, '/')).headers['x-content-type-options'], 'nosniff');
  });

  test('only GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const answer = await get(server, '/', {method});
      assert.equal(answer.status, 405, method);
      assert.equal(answer.headers.allow, 'GET, HEAD');
    }
    const head = await get(server, '/a%20b.txt', {method: 'HEAD'});
    assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '10', '']);
  });

  test('ranges: the part asked for, or why not', async () => {
    const cases = [
      ['bytes=0-3', 206, '0123', 'bytes 0-3/10'], ['bytes=7-', 206, '789', 'bytes 7-9/10'],
      ['bytes=-2', 206, '89', 'bytes 8-9/10'], ['bytes=4-400', 206, '456789', 'bytes 4-9/10'],
      ['bytes=-400', 206, '0123456789', 'bytes 0-9/10'], ['bytes=10-', 416, undefined, 'bytes */10'],
      ['bytes=5-4', 416, undefined, 'bytes */10'], ['bytes=-0', 416, undefined, 'bytes */10'],
      ['bytes=-', 200, '0123456789', undefined], ['lines=0-1', 200, '0123456789', undefined],
      ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ];
    for (const [range, status, body, contentRange] of cases) {
      const answer = await get(server, '/a%20b.txt', {headers: {range}});
      assert.equal(answer.status, status, range);
      if (body !== undefined) assert.equal(answer.body, body, range);
      assert.equal(answer.headers['content-range'], contentRange, range);
    }
    assert.equal((await get(server, '/empty.txt', {headers: {range: 'bytes=0-'}})).status, 416);
    assert.equal((await get(server, '/empty.txt')).headers['content-length'], '0');
  });

  test('a page that is still the same is not sent again', async () => {
    const first = await get(server, '/a%20b.txt');
    const again = await get(server, '/a%20b.txt', {headers: {'if-none-match': first.headers.etag}});
    assert.deepEqual([again.status, again.body], [304, '']);
  });

  test('every answer isolates the page, unless isolation is switched off', async () => {
    for (const path of ['/', '/missing', '/data/test_batch.bin']) {
      const {headers} = await get(server, path);
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin', path);
      assert.equal(headers['cross-origin-embedder-policy'], 'require-corp', path);
    }
    const plain = await listening(await makeServer({root: join(folder, 'site'), isolation: false}));
    const {headers} = await get(plain, '/');
    plain.close();
    assert.equal(headers['cross-origin-opener-policy'], undefined);
    assert.equal(headers['cross-origin-embedder-policy'], undefined);
  });

  test('the data folder appears as data/; an archive under its official name, and nothing beside it', async () => {
    assert.equal((await get(server, '/data/test_batch.bin')).body, 'pictures');
    const archive = await listening(await makeServer({root: join(folder, 'site'), data: join(folder, 'data/test_batch.bin')}));
    assert.equal((await get(archive, '/data/cifar-10-binary.tar.gz')).body, 'pictures');
    const names = async (from) => JSON.parse((await get(from, '/data/manifest.json')).body).files;
    assert.deepEqual(await names(server), [{name: 'test_batch.bin', bytes: 8}]);
    assert.deepEqual(await names(archive), [{name: 'cifar-10-binary.tar.gz', bytes: 8}]);
    for (const path of ['/data/test_batch.bin', '/data/other.txt', '/data/x/../other.txt', '/data/']) {
      assert.ok((await get(archive, path)).status >= 400, path);
    }
    archive.close();
  });
});
