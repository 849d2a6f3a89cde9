import { createLogger, createMetrics } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type AllowedOrigins,
  createApp,
  type HttpServer,
  listen,
  mountRoutes,
  routeDefiner,
} from '../src/index.js';

const defineRoute = routeDefiner<{ value: number }>();
const thing = { value: 1 };
const routes = [
  defineRoute({
    method: 'get',
    path: '/v1/things/{id}',
    operationId: 'getThing',
    summary: '',
    tags: [],
    access: 'public',
    responses: { 200: { description: 'Found', mediaTypes: ['text/csv'] } },
    handler: ({ value }) => ({ status: 200, body: { value } }),
  }),
];
const servers: HttpServer[] = [];

async function serve(corsOrigins?: AllowedOrigins): Promise<string> {
  const app = createApp({
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createMetrics('test'),
    isReady: () => true,
    corsOrigins,
    mount: (express) =>
      mountRoutes(express, routes, {
        context: thing,
        authenticate: () => {
          throw new Error('nobody has to be known');
        },
      }),
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  servers.push(server);
  return `${server.url}/v1/things/1`;
}

let url: string;
beforeAll(async () => {
  url = await serve();
});
afterAll(async () => {
  for (const server of servers) await server.close();
});

describe('conditional GET', () => {
  test('what has not changed is not sent again', async () => {
    const first = await fetch(url);
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const condition = (value: string) => fetch(url, { headers: { 'if-none-match': value } });
    for (const value of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
      const answer = await condition(value);
      expect(answer.status).toBe(304);
      expect(await answer.text()).toBe('');
      expect(answer.headers.get('etag')).toBe(etag);
    }
    expect((await condition('"other"')).status).toBe(200);
    thing.value++;
    const changed = await condition(etag);
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
  });
});

describe('Accept', () => {
  test.each([
    '*/*',
    'application/*',
    'text/html, application/json;q=0.1',
    'text/csv',
    'text/html, */*;q=0.1',
  ])('%s is fine', async (accept) => {
    expect((await fetch(url, { headers: { accept } })).status).toBe(200);
  });

  test.each(['text/html', 'application/json;q=0', 'garbage'])('%s is not acceptable', async (accept) => {
    const answer = await fetch(url, { headers: { accept } });
    expect(answer.status).toBe(406);
    expect(await answer.json()).toMatchObject({ code: 'not-acceptable' });
  });
});

describe('pages of other origins', () => {
  const preflight = (target: string, origin: string) =>
    fetch(target, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,idempotency-key',
      },
    });

  test('are not let in by default', async () => {
    const answer = await fetch(url, { headers: { origin: 'https://app.example.com' } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('vary')).toContain('Origin');
    const { headers } = await preflight(url, 'https://app.example.com');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('access-control-allow-methods')).toBeNull();
  });

  test('are let in when configured, and no others', async () => {
    const shared = await serve(new Set(['https://app.example.com']));
    const answer = await preflight(shared, 'https://app.example.com');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('idempotency-key');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    const read = await fetch(shared, { headers: { origin: 'https://app.example.com' } });
    expect(read.headers.get('access-control-expose-headers')).toContain('RateLimit');
    for (const origin of [
      'https://app.example.com.evil.example',
      'https://APP.example.com',
      'null',
      'https://evil.example',
    ]) {
      const { headers } = await preflight(shared, origin);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('of this machine are let in while developing', async () => {
    const shared = await serve('loopback');
    for (const origin of ['http://localhost:5173', 'http://127.0.0.1', 'http://[::1]:3000']) {
      expect((await preflight(shared, origin)).headers.get('access-control-allow-origin')).toBe(origin);
    }
    for (const origin of ['http://localhost.evil.example', 'http://127.0.0.1.evil.example', 'null']) {
      expect((await preflight(shared, origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
