import { createLogger, createMetrics } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createApp, type HttpServer, listen, mountRoutes, routeDefiner } from '../src/index.js';
import { exchange, parseAnswer, type RawAnswer, RawClient } from './raw-client.js';

const defineRoute = routeDefiner<undefined>();
const common = { tags: [], access: 'public', summary: '' } as const;
// More than the buffers of two sockets hold.
const big = Buffer.alloc(16 * 1024 * 1024, 'x');

const routes = [
  defineRoute({
    ...common,
    method: 'post',
    path: '/v1/notes',
    operationId: 'createNote',
    body: z.strictObject({ text: z.string(), more: z.record(z.string(), z.unknown()).optional() }),
    responses: { 201: { description: 'Stored' } },
    handler: (_context, { body }) => ({ status: 201, body }),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: '/v1/notes/{id}',
    operationId: 'getNote',
    params: z.object({ id: z.string().max(100) }),
    query: z.strictObject({ limit: z.coerce.number().optional() }),
    responses: { 200: { description: 'Found' } },
    handler: (_context, { params }) => ({ status: 200, body: { id: params.id } }),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: '/v1/big',
    operationId: 'getBig',
    responses: { 200: { description: 'Big', mediaTypes: ['text/plain'] } },
    handler: () => ({ status: 200, body: big, headers: { 'Content-Type': 'text/plain', ETag: '"big"' } }),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: '/v1/never',
    operationId: 'never',
    responses: { 200: { description: 'Never' } },
    handler: () => new Promise(() => undefined),
  }),
];

let server: HttpServer;
beforeAll(async () => {
  const app = createApp({
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createMetrics('test'),
    isReady: () => true,
    mount: (express) =>
      mountRoutes(express, routes, {
        context: undefined,
        authenticate: () => {
          throw new Error('nobody has to be known');
        },
        deadlineMs: 3_000,
      }),
  });
  const limits = { headersTimeoutMs: 1_000, requestTimeoutMs: 2_000, checkEveryMs: 50, maxConnections: 50 };
  server = await listen(app, { host: '127.0.0.1', port: 0, graceMs: 100, limits });
});
afterAll(() => server.close());

const get = (path: string, headers = ''): Promise<RawAnswer> =>
  exchange(server.url, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`);
const post = (body: string | Buffer, headers = 'Content-Type: application/json\r\n'): Promise<RawAnswer> =>
  exchange(
    server.url,
    Buffer.concat([
      Buffer.from(
        `POST /v1/notes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
      ),
      Buffer.from(body),
    ]),
  );

function expectProblem(answer: RawAnswer, status: number, code: string): void {
  expect(answer).toMatchObject({
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
  });
  expect(JSON.parse(answer.body)).toMatchObject({ status, code, traceId: expect.any(String) });
  expect(answer.body).not.toMatch(/\.(?:ts|js)\b|node_modules|\n\s+at /);
}

describe('what is no request', () => {
  test.each([
    ['nonsense', 'hello\r\n\r\n', 400, 'bad-request'],
    ['a TLS hello', Buffer.from('16030100f1010000ed0303', 'hex'), 400, 'bad-request'],
    ['no host', 'GET /v1/notes/1 HTTP/1.1\r\n\r\n', 400, undefined],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', 400, 'bad-request'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n', 400, 'bad-request'],
    [
      'two lengths',
      'POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      400,
      'bad-request',
    ],
    [
      'a length and chunks',
      'POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'bad-request',
    ],
    [
      'a chunk of no size',
      'POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
      'bad-request',
    ],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(17_000)}`,
      431,
      'headers-too-large',
    ],
  ])('%s is answered and closed', async (_what, bytes, status, code) => {
    const answer = await exchange(server.url, bytes);
    if (code === undefined) expect(answer.status).toBe(status);
    else expectProblem(answer, status, code);
  });

  test('a second request that is none does not spoil the answer to the first', async () => {
    const client = await RawClient.connect(server.url);
    client.send('GET /v1/notes/1 HTTP/1.1\r\nHost: x\r\n\r\nrubbish\r\n\r\n');
    const text = await client.untilClosed();
    const first = parseAnswer(text);
    expect([200, 400]).toContain(first.status);
    expect(text.match(/HTTP\/1\.1 5/)).toBeNull();
  });
});

describe('bodies', () => {
  test.each<[string, string | Buffer, string, number, string]>([
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'application/json', 400, 'malformed-json'],
    [
      'UTF-16',
      Buffer.from('{}', 'utf16le'),
      'application/json; charset=utf-16',
      415,
      'unsupported-media-type',
    ],
    ['UTF-16 that says nothing', Buffer.from('{}', 'utf16le'), 'application/json', 400, 'malformed-json'],
    ['a name twice', '{"text":"a","text":"b"}', 'application/json', 400, 'malformed-json'],
    ['__proto__', '{"text":"a","more":{"__proto__":{}}}', 'application/json', 400, 'validation-failed'],
    ['deep nesting', `{"text":${'['.repeat(100_000)}`, 'application/json', 400, 'malformed-json'],
    ['a cut-off text', '{"text":"a', 'application/json', 400, 'malformed-json'],
    ['XML', '<a/>', 'application/xml', 415, 'unsupported-media-type'],
    ['almost JSON', '{}', 'application/jsonx', 415, 'unsupported-media-type'],
    ['no media type', '{}', '', 415, 'unsupported-media-type'],
  ])('%s', async (_what, body, type, status, code) => {
    expectProblem(await post(body, type === '' ? '' : `Content-Type: ${type}\r\n`), status, code);
  });

  test('compressed ones are refused', async () => {
    const headers = 'Content-Type: application/json\r\nContent-Encoding: gzip\r\n';
    expectProblem(await post('{}', headers), 415, 'unsupported-media-type');
  });

  test.each(['application/json;charset=UTF-8', 'Application/JSON ; charset="utf-8"'])(
    '%s is JSON',
    async (type) => {
      expect((await post('{"text":"é"}', `Content-Type: ${type}\r\n`)).status).toBe(201);
    },
  );

  test('too long a one is refused before it is sent', async () => {
    const client = await RawClient.connect(server.url);
    client.send(
      'POST /v1/notes HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\n' +
        'Content-Length: 999999999999\r\n\r\n',
    );
    const answer = await client.answer();
    expectProblem(answer, 413, 'body-too-large');
    expect(answer.headers.connection).toBe('close');
  });

  test('one that fits is asked for', async () => {
    const client = await RawClient.connect(server.url);
    client.send(
      'POST /v1/notes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n' +
        'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{"text":"a"}',
    );
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });

  test('one that never ends is not read to its end, and its sender sees why', async () => {
    const client = await RawClient.connect(server.url);
    client.send(
      'POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 'a'), Buffer.from('\r\n')]);
    let sent = 0;
    const push = (): void => {
      while (!client.socket.destroyed && sent < 1_000) {
        sent++;
        if (!client.socket.write(chunk)) {
          client.socket.once('drain', push);
          return;
        }
      }
    };
    push();
    expectProblem(await client.answer(), 413, 'body-too-large');
    expect(sent).toBeLessThan(1_000);
  });

  test('a whole one of 3 MiB gets its answer, too', async () => {
    const response = await fetch(`${server.url}/v1/notes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'a'.repeat(3 * 1024 * 1024) }),
    });
    expect(response.status).toBe(413);
  });
});

describe('slow clients', () => {
  test('a head that trickles in is cut off', async () => {
    const client = await RawClient.connect(server.url);
    client.send('GET /v1/notes/1 HTTP/1.1\r\nHost: x\r\n');
    const trickle = setInterval(() => client.send('A: b\r\n'), 50);
    const answer = await client.answer().finally(() => clearInterval(trickle));
    expectProblem(answer, 408, 'request-timeout');
  });

  test('a body that trickles in is cut off', async () => {
    const client = await RawClient.connect(server.url);
    client.send(
      'POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
    );
    const trickle = setInterval(() => client.send(' '), 20);
    const answer = await client.answer().finally(() => clearInterval(trickle));
    expectProblem(answer, 408, 'request-timeout');
  });

  test('a handler that never ends does not hold its caller', async () => {
    expectProblem(await get('/v1/never'), 503, 'deadline-exceeded');
  });

  test('one that does not read its answer does not keep others from theirs', async () => {
    const deaf = await RawClient.connect(server.url);
    deaf.socket.pause();
    deaf.send('GET /v1/big HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await get('/v1/notes/1')).status).toBe(200);
    deaf.socket.destroy();
  });

  test('beyond the most connections, more are dropped', async () => {
    const clients = await Promise.all(Array.from({ length: 60 }, () => RawClient.connect(server.url)));
    const dropped = await Promise.race(clients.map((client) => client.untilClosed(5_000)));
    // Closed without a word, unlike a connection whose time is up.
    expect(dropped).toBe('');
    for (const { socket } of clients) socket.destroy();
  });
});

describe('addresses', () => {
  test.each([
    ['/v1/notes/%', 400, 'bad-request'],
    ['/v1/notes/%ff', 400, 'bad-request'],
    ['/v1/notes/a%00b', 400, 'validation-failed'],
    ['/v1/notes/1?limit=1&limit=2', 400, 'validation-failed'],
    ['/v1/notes/1?limit[$gt]=1', 400, 'validation-failed'],
    ['/v1/notes/1?__proto__=1', 400, 'validation-failed'],
    ['/v1/notes/1?other=1', 400, 'validation-failed'],
    [`/v1/notes/${'a'.repeat(9_000)}`, 414, 'uri-too-long'],
    ['/v1/notes/../../etc/passwd', 404, 'not-found'],
    ['/v1//notes', 404, 'not-found'],
    ['//evil.example/v1/notes/1', 404, 'not-found'],
  ])('%s', async (path, status, code) => {
    expectProblem(await get(path), status, code);
  });

  test.each(['/v1/notes/1/', 'http://other.example/v1/notes/1', '/v1/notes/1?limit=%'])(
    '%s never fails on our side',
    async (path) => {
      expect((await get(path)).status).toBeLessThan(500);
    },
  );

  test('more than a hundred headers are refused', async () => {
    const headers = Array.from({ length: 120 }, (_, i) => `A${i}: b\r\n`).join('');
    expectProblem(await get('/v1/notes/1', headers), 431, 'headers-too-large');
  });
});

describe('methods', () => {
  test('HEAD has the headers of GET and no body', async () => {
    const request = 'HEAD /v1/notes/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answer = await exchange(server.url, request);
    expect(answer).toMatchObject({ status: 200, body: '', headers: { 'content-length': '10' } });
    expect(answer.headers.etag).toBeDefined();
  });

  test.each(['PUT', 'TRACE', 'PROPFIND'])('%s is not known here', async (method) => {
    const request = `${method} /v1/notes/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    const answer = await exchange(server.url, request);
    expectProblem(answer, 405, 'method-not-allowed');
    expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS');
  });

  test('OPTIONS says what is', async () => {
    const request = 'OPTIONS /v1/notes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answer = await exchange(server.url, request);
    expect(answer).toMatchObject({ status: 204, headers: { allow: 'POST, OPTIONS' } });
  });
});

test('a request id cannot bring headers of its own', async () => {
  for (const id of ['a\u0001b', 'x'.repeat(129), 'a b', '"><script>', '%0d%0aSet-Cookie:a=b']) {
    const answer = await get('/v1/notes/1', `X-Request-Id: ${id}\r\n`);
    if (answer.status === 400) continue;
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers['set-cookie']).toBeUndefined();
  }
  const split = await exchange(
    server.url,
    'GET /v1/notes/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: a\r\n Set-Cookie: b\r\n\r\n',
  );
  expect(split.headers['set-cookie']).toBeUndefined();
});
