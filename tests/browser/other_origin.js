// A server on another origin, with CORS as data hosts have it. The test decides its answer for each path.
import {createServer} from 'node:http';

/** Answers with the content, or with the requested range of it. */
export const content = (bytes, {type = 'application/octet-stream', etag = '"1"'} = {}) => (request, response) => {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const start = match ? Number(match[1]) : 0;
  const end = match?.[2] ? Number(match[2]) + 1 : bytes.length;
  if (start >= bytes.length && match) return response.writeHead(416).end();
  response.writeHead(match ? 206 : 200, {
    'content-type': type, 'content-length': end - start, etag, ...(match && {'content-range': `bytes ${start}-${end - 1}/${bytes.length}`}),
  });
  response.end(request.method === 'HEAD' ? '' : bytes.subarray(start, end));
};

/** Sends the first part and breaks off, `times` times; after that it answers in full. */
export function dropping(bytes, {at = bytes.length >> 1, times = 1} = {}) {
  let left = times;
  const whole = content(bytes);
  return (request, response) => {
    if (request.method === 'HEAD' || left-- <= 0) return whole(request, response);
    response.writeHead(200, {'content-length': bytes.length, etag: '"1"'});
    response.write(bytes.subarray(0, at), () => setImmediate(() => response.destroy()));
  };
}

export async function otherOrigin() {
  /** @type {Record<string, (request: any, response: any) => void>} */
  const files = {};
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim());
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-expose-headers', 'etag, content-range');
    if (request.method === 'OPTIONS') return response.writeHead(204, {'access-control-allow-headers': 'range'}).end();
    const answer = files[new URL(request.url, 'http://x').pathname];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return {
    files, requests,
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
