import { createLogger, createMetrics } from '@florin/observability';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createApp, type HttpServer, listen, mountDocs, openApiDocument } from '../src/index.js';

const document = openApiDocument([], { info: { title: 'People', version: '1.0.0' } });
let server: HttpServer;

beforeAll(async () => {
  const app = createApp({
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createMetrics('test'),
    isReady: () => true,
    mount: (express) => mountDocs(express, document),
  });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

test('Swagger UI shows the served document, and its page loads nothing from elsewhere', async () => {
  const page = await fetch(`${server.url}/docs/`);
  const html = await page.text();
  expect([page.status, html]).toEqual([200, expect.stringContaining('<title>People</title>')]);
  const linked = [...html.matchAll(/(?:src|href)=["']([^"']+)["']/g)].map((match) => match[1]!);
  expect(linked.length).toBeGreaterThan(3);
  for (const link of linked) {
    const asset = new URL(link, page.url);
    expect(asset.origin).toBe(server.url);
    expect([link, (await fetch(asset)).status]).toEqual([link, 200]);
  }
  const script = await (await fetch(`${server.url}/docs/swagger-ui-init.js`)).text();
  expect(script).toContain('"url": "/openapi.json"');
  expect(script).toContain('"validatorUrl": null');
  expect(script).toContain('"persistAuthorization": true');
  expect(await (await fetch(`${server.url}/openapi.json`)).json()).toEqual(
    JSON.parse(JSON.stringify(document)),
  );
});

test('the policy of the page allows no source but this one', async () => {
  const { headers } = await fetch(`${server.url}/docs/`);
  const policy = headers.get('content-security-policy') ?? '';
  const sources = policy.split(';').map((directive) => directive.trim().split(' '));
  const allowed = new Set(["'self'", "'none'", "'unsafe-inline'", 'data:']);
  const foreign = sources.flatMap(([, ...values]) => values.filter((value) => !allowed.has(value)));
  expect(foreign).toEqual([]);
  // Scripts of the page itself are files; none is inline.
  expect(sources.find(([name]) => name === 'script-src')).toEqual(['script-src', "'self'"]);
});
