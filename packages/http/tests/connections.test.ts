import { createLogger, createMetrics } from '@florin/observability';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { createApp, type HttpServer, listen } from '../src/index.js';
import { RawClient } from './raw-client.js';

let server: HttpServer | undefined;
afterEach(() => server?.close());

async function start(options: { perClient?: number; metricsToken?: string; onScrape?: () => Promise<void> }) {
  const metrics = createMetrics('test');
  const original = metrics.metrics.bind(metrics);
  metrics.metrics = async () => {
    await options.onScrape?.();
    return original();
  };
  const app = createApp({
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics,
    isReady: () => true,
    metricsToken: options.metricsToken,
  });
  const limits = options.perClient === undefined ? {} : { maxConnectionsPerClient: options.perClient };
  server = await listen(app, { host: '127.0.0.1', port: 0, graceMs: 100, limits });
  return server.url;
}

const request = 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

test('one client has so many connections and no more, and gets them back', async () => {
  const url = await start({ perClient: 3 });
  const held = await Promise.all([1, 2, 3].map(() => RawClient.connect(url)));
  const refused = await RawClient.connect(url);
  expect(await refused.send(request).untilClosed()).toBe('');
  for (const client of held) expect((await client.send(request).answer()).status).toBe(200);
  // The server hears of the end of a connection a little later than its client.
  await eventually('room for three again', async () => {
    const again = await Promise.all([1, 2, 3].map(() => RawClient.connect(url)));
    const answers = await Promise.all(again.map((client) => client.send(request).answer()));
    return answers.every(({ status }) => status === 200) ? true : undefined;
  });
});

describe('metrics', () => {
  test('are for everybody, unless there is a token', async () => {
    const url = await start({});
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  test('are for those who have the token', async () => {
    const url = await start({ metricsToken: 'token-of-prometheus' });
    const status = async (authorization?: string) => {
      const headers = authorization === undefined ? undefined : { authorization };
      return (await fetch(`${url}/metrics`, { headers })).status;
    };
    expect(await status()).toBe(401);
    expect(await status('Bearer token-of-prometheuS')).toBe(401);
    expect(await status('Bearer')).toBe(401);
    expect(await status('Bearer token-of-prometheus')).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  test('are looked up once for all who ask meanwhile', async () => {
    let [running, atOnce] = [0, 0];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const url = await start({
      onScrape: async () => {
        atOnce = Math.max(atOnce, ++running);
        await gate;
        running--;
      },
    });
    const asked = Array.from({ length: 20 }, () => fetch(`${url}/metrics`));
    // Time for all of them to arrive.
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/health/live`)));
    release();
    for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200);
    expect(atOnce).toBe(1);
  });
});
