import { connect } from 'node:net';
import { createLogger, createMetrics, type Registry } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  createApp,
  type HttpServer,
  listen,
  mountRoutes,
  notFound,
  openApiDocument,
  Problem,
  routeDefiner,
} from '../src/index.js';

interface Context {
  readonly greeting: string;
}
const defineRoute = routeDefiner<Context>();
const greetingSchema = z.object({ greeting: z.string() });

const routes = [
  defineRoute({
    method: 'get',
    path: '/v1/people/{id}',
    operationId: 'getPerson',
    summary: 'Greet a person',
    tags: ['People'],
    access: { scope: 'people:read' },
    params: z.strictObject({ id: z.uuid() }),
    query: z.strictObject({ loud: z.enum(['yes', 'no']).default('no') }),
    responses: { 200: { description: 'Greeted', schema: greetingSchema } },
    handler: ({ greeting }, { params, query, caller }) => ({
      status: 200,
      body: { greeting: `${greeting} ${params.id} ${query.loud} ${caller.keyId}` },
    }),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/people/me',
    operationId: 'getMe',
    summary: 'Greet the caller',
    tags: ['People'],
    access: 'public',
    responses: { 200: { description: 'Greeted', schema: greetingSchema } },
    handler: (_context, { requestId, traceparent }) => ({ status: 200, body: { requestId, traceparent } }),
  }),
  defineRoute({
    method: 'delete',
    path: '/v1/people/{id}',
    operationId: 'deletePerson',
    summary: 'Forget a person',
    tags: ['People'],
    access: 'public',
    responses: { 204: { description: 'Forgotten' } },
    handler: () => ({ status: 204 }),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/people',
    operationId: 'createPerson',
    summary: 'Add a person',
    tags: ['People'],
    access: 'public',
    body: z.strictObject({ name: z.string().min(1), tags: z.array(z.string().max(3)).optional() }),
    responses: { 201: { description: 'Added' } },
    handler: (_context, { body, rawBody }) => ({
      status: 201,
      body: { name: body.name, bytes: rawBody.length },
      headers: { Location: '/v1/people/me' },
    }),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/failures',
    operationId: 'fail',
    summary: 'Fail',
    tags: ['People'],
    access: 'public',
    body: z.strictObject({ how: z.enum(['bug', 'problem', 'missing']) }),
    responses: { 204: { description: 'Never' } },
    handler: (_context, { body }) => {
      if (body.how === 'problem') throw new Problem(422, 'too-odd', 'It is too odd.');
      if (body.how === 'missing') throw notFound('person');
      throw new Error('secret detail of the database');
    },
  }),
];

let server: HttpServer;
let metrics: Registry;

beforeAll(async () => {
  metrics = createMetrics('test');
  const app = createApp({
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics,
    isReady: () => ({ ready: false, waitingFor: ['wallet'] }),
    mount: (express) =>
      mountRoutes(express, routes, {
        context: { greeting: 'hello' },
        authenticate: (authorization) => {
          if (authorization !== 'Bearer key') throw new Problem(401, 'unauthenticated', 'Who are you?');
          return { kind: 'api-key', keyId: 'k1', scopes: new Set(['people:read']) };
        },
      }),
  });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

function post(path: string, body: string, contentType = 'application/json'): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', body, headers: { 'content-type': contentType } });
}

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return (await response.json()) as Record<string, unknown>;
}

describe('a route', () => {
  test('gets its validated parts, its context and its caller', async () => {
    const id = '01a1fc54-526c-75de-8e39-8754441f9757';
    const response = await fetch(`${server.url}/v1/people/${id}`, {
      headers: { authorization: 'Bearer key' },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ greeting: `hello ${id} no k1` });
  });

  test('with fixed segments wins over one with parameters, whatever the order of definition', async () => {
    expect((await fetch(`${server.url}/v1/people/me`)).status).toBe(200);
  });

  test('authenticates before it reads anything else', async () => {
    const response = await fetch(`${server.url}/v1/people/not-a-uuid`);
    expect(response.status).toBe(401);
    expect(await problemOf(response)).toMatchObject({ code: 'unauthenticated' });
  });

  test('answers with headers of its own and forbids caching', async () => {
    const response = await post('/v1/people', '{"name":"Ada"}');
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/v1/people/me');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ name: 'Ada', bytes: 14 });
  });
});

describe('bad requests', () => {
  test.each([
    ['an unknown field', '{"name":"Ada","age":36}', '/age'],
    ['a missing field', '{}', '/name'],
    ['a wrong item', '{"name":"Ada","tags":["abc","abcd"]}', '/tags/1'],
    ['a field name with a slash', '{"name":"Ada","a/b~c":1}', '/a~1b~0c'],
    ['a NUL character', '{"name":"A\\u0000da"}', '/name'],
    ['half a surrogate pair', '{"name":"A\\ud800da"}', '/name'],
    ['another kind of value', '[]', ''],
  ])('%s is pointed at', async (_what, body, pointer) => {
    const response = await post('/v1/people', body);
    expect(response.status).toBe(400);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ code: 'validation-failed', status: 400 });
    expect((problem.errors as { pointer: string }[]).map((e) => e.pointer)).toContain(pointer);
  });

  test('query and parameters are pointed at, too', async () => {
    const headers = { authorization: 'Bearer key' };
    const wrongId = await problemOf(await fetch(`${server.url}/v1/people/1`, { headers }));
    expect(wrongId.errors).toMatchObject([{ pointer: '/params/id' }]);
    const url = `${server.url}/v1/people/01a1fc54-526c-75de-8e39-8754441f9757?loud=maybe&x=1`;
    const wrongQuery = await problemOf(await fetch(url, { headers }));
    expect(wrongQuery.errors).toMatchObject([{ pointer: '/query/loud' }, { pointer: '/query/x' }]);
  });

  test('a body that a route has no use for was meant for something, and is refused', async () => {
    const remove = (body: string) =>
      fetch(`${server.url}/v1/people/you`, {
        method: 'DELETE',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const refused = await remove('{"password":"analytical engine"}');
    expect(refused.status).toBe(400);
    expect((await problemOf(refused)).errors).toMatchObject([{ pointer: '/password' }]);
    expect((await remove('{}')).status).toBe(204);
  });

  test('a call without a body needs no media type, though a proxy does not say how long its body is', async () => {
    const remove = (text: string) =>
      fetch(`${server.url}/v1/people/you`, {
        method: 'DELETE',
        body: new Blob([text]).stream(),
        duplex: 'half',
      });
    expect((await remove('')).status).toBe(204);
    expect((await remove('{}')).status).toBe(415);
  });

  test.each([
    ['malformed JSON', '{"name":', 'application/json', 400, 'malformed-json'],
    ['another media type', 'name=Ada', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
    ['no body', '', 'application/json', 400, 'validation-failed'],
    ['an unknown charset', '{}', 'application/json; charset=klingon', 415, 'unsupported-media-type'],
    [
      'a body beyond 1 MiB',
      `{"name":"${'a'.repeat(1024 * 1024)}"}`,
      'application/json',
      413,
      'body-too-large',
    ],
    ['no body', '', 'application/json', 400, 'validation-failed'],
  ])('%s', async (_what, body, contentType, status, code) => {
    const response = await post('/v1/people', body, contentType);
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ status, code });
  });

  test.each([
    ['GET', '/nowhere', 404, 'not-found'],
    ['DELETE', '/v1/people', 405, 'method-not-allowed'],
    ['GET', '/v1/people/%E0%A4%A', 400, 'bad-request'],
    ['GET', '/v1/people/me?x=%00', 400, 'validation-failed'],
  ])('%s %s', async (method, path, status, code) => {
    const response = await fetch(server.url + path, { method });
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ status, code });
    if (status === 405) expect(response.headers.get('allow')).toBe('POST, OPTIONS');
  });
});

test('a path without parameters has its own methods only, not those of a template that it fits', async () => {
  expect((await fetch(`${server.url}/v1/people/you`, { method: 'DELETE' })).status).toBe(204);
  const response = await fetch(`${server.url}/v1/people/me`, { method: 'DELETE' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  expect((await fetch(`${server.url}/v1/people/me`, { method: 'HEAD' })).status).toBe(200);
});

describe('problems', () => {
  test('a refusal is answered with its code', async () => {
    const response = await post('/v1/failures', '{"how":"problem"}');
    expect(response.status).toBe(422);
    expect(await problemOf(response)).toEqual({
      type: 'urn:florin:problem:too-odd',
      title: 'Too odd',
      status: 422,
      detail: 'It is too odd.',
      code: 'too-odd',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test('an unexpected error shows nothing of itself', async () => {
    const response = await post('/v1/failures', '{"how":"bug"}');
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'internal-error' });
    expect(text).not.toContain('secret');
    expect(text).not.toContain('.ts');
  });
});

describe('conventions', () => {
  test('a sane request id and the trace are kept', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const response = await fetch(`${server.url}/v1/people/me`, {
      headers: { 'x-request-id': 'order-17', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    });
    expect(response.headers.get('x-request-id')).toBe('order-17');
    const { requestId, traceparent } = (await response.json()) as Record<string, string>;
    expect(requestId).toBe('order-17');
    expect(traceparent).toMatch(new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
  });

  test('a request id that could forge log lines is replaced', async () => {
    const response = await fetch(`${server.url}/v1/people/me`, { headers: { 'x-request-id': 'a b"c' } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('security headers are set and the framework is not named', async () => {
    const { headers } = await fetch(`${server.url}/v1/people/me`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('strict-transport-security')).toContain('max-age');
    expect(headers.has('x-powered-by')).toBe(false);
  });

  test('health tells alive from ready', async () => {
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${server.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: 'not-ready', waitingFor: ['wallet'] });
  });

  test('metrics are labelled by route template, never by address', async () => {
    await fetch(`${server.url}/v1/people/someone@example.com`, { headers: { authorization: 'Bearer key' } });
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toMatch(
      /http_server_request_duration_seconds_count\{[^}]*route="\/v1\/people\/\{id\}",status="400"/,
    );
    expect(text).not.toContain('someone@example.com');
  });
});

test('the OpenAPI document is made of the schemas that validate', () => {
  const document = openApiDocument(routes, { info: { title: 'People', version: '1.0.0' } });
  expect(document.openapi).toBe('3.1.0');
  const create = document.paths?.['/v1/people']?.post;
  expect(create?.requestBody).toMatchObject({
    content: { 'application/json': { schema: { required: ['name'], additionalProperties: false } } },
  });
  expect(Object.keys(create?.responses ?? {})).toEqual([
    ...['201', '400', '406', '408', '409', '413', '414', '415', '422', '429', '431', '500', '503'],
  ]);
  const get = document.paths?.['/v1/people/{id}']?.get;
  expect(get?.security).toEqual([{ apiKey: ['people:read'] }]);
  expect(get?.parameters).toMatchObject([
    { in: 'path', name: 'id', required: true },
    { in: 'query', name: 'loud' },
  ]);
});

describe('closing the server', () => {
  test('lets a request in flight finish, then refuses new connections', async () => {
    let release: () => void = () => undefined;
    let entered: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const hasEntered = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const app = createApp({
      logger: createLogger({ service: 'test', level: 'silent' }),
      metrics: createMetrics('test'),
      isReady: () => true,
      mount: (express) =>
        express.get('/slow', async (_request, response) => {
          entered();
          await released;
          response.send('done');
        }),
    });
    const slow = await listen(app, { host: '127.0.0.1', port: 0 });
    const inFlight = fetch(`${slow.url}/slow`);
    await hasEntered;
    const closed = slow.close();
    release();
    expect(await (await inFlight).text()).toBe('done');
    await closed;
    await expect(fetch(`${slow.url}/slow`)).rejects.toThrow();
  });

  test('cuts off what does not finish in time', async () => {
    let entered: () => void = () => undefined;
    const hasEntered = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const app = createApp({
      logger: createLogger({ service: 'test', level: 'silent' }),
      metrics: createMetrics('test'),
      isReady: () => true,
      mount: (express) => express.get('/never', () => entered()),
    });
    const stuck = await listen(app, { host: '127.0.0.1', port: 0, graceMs: 50 });
    const { port, hostname } = new URL(stuck.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write('GET /never HTTP/1.1\r\nHost: x\r\n\r\n');
    await hasEntered;
    await stuck.close();
    await ended;
  });
});
