import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  BreakerOpenError,
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  ProviderRejectedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
  RequestAbortedError,
} from '../src/index.js';
import { type FaultyServer, hang, json, reset, startFaultyServer } from './faulty-server.js';

let server: FaultyServer;
const clients: HttpClient[] = [];

beforeEach(async () => {
  server = await startFaultyServer();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.close();
});

function clientOf(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({ name: 'psp', baseUrl: server.url, timeoutMs: 2_000, ...options });
  clients.push(client);
  return client;
}

const get = { method: 'GET', path: '/charges' } as const;
const post = { method: 'POST', path: '/charges', body: { amount: 5 } } as const;
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  );

describe('a request', () => {
  test('sends JSON with its idempotency key and headers, and returns the parsed answer', async () => {
    server.script(json(201, { id: 'c1' }));
    const answer = await clientOf().request({ ...post, idempotencyKey: 'k1', headers: { 'x-tenant': 'a' } });

    expect(answer).toMatchObject({ status: 201, body: { id: 'c1' } });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/charges', body: '{"amount":5}' });
    expect(server.seen[0]?.headers).toMatchObject({ 'idempotency-key': 'k1', 'x-tenant': 'a' });
  });

  test('that is refused fails with status and body, which the message does not repeat', async () => {
    server.script(json(422, { code: 'bad-number', to: '+15550001' }));
    const error = await failureOf(clientOf({ retry: { attempts: 3, baseDelayMs: 1 } }).request(get));

    expect(error).toBeInstanceOf(ProviderRejectedError);
    expect(error).toMatchObject({
      code: 'provider-rejected',
      retryable: false,
      status: 422,
      body: { code: 'bad-number', to: '+15550001' },
    });
    expect((error as Error).message).not.toContain('+15550001');
    expect(server.seen).toHaveLength(1);
  });

  test('without an answer in time fails with an unknown outcome', async () => {
    server.script(hang);
    const error = await failureOf(clientOf({ timeoutMs: 50 }).request(post));
    expect(error).toBeInstanceOf(ProviderTimeoutError);
    expect(error).toMatchObject({ retryable: true, outcomeUnknown: true, timeoutMs: 50 });
  });

  test('ends at its deadline when that comes before the timeout', async () => {
    server.script(hang);
    const startedAt = Date.now();
    const error = await failureOf(
      clientOf({ retry: { attempts: 5, baseDelayMs: 1_000 } }).request({
        ...get,
        deadlineAt: startedAt + 80,
      }),
    );
    expect(error).toBeInstanceOf(ProviderTimeoutError);
    expect(Date.now() - startedAt).toBeLessThan(1_500);
  });

  test('whose deadline has passed is not sent', async () => {
    const error = await failureOf(clientOf().request({ ...get, deadlineAt: Date.now() - 1 }));
    expect(error).toBeInstanceOf(ProviderTimeoutError);
    expect(server.seen).toHaveLength(0);
  });

  test('that its caller gives up ends at once', async () => {
    server.script(hang);
    const abort = new AbortController();
    const pending = failureOf(clientOf().request({ ...get, signal: abort.signal }));
    abort.abort();
    expect(await pending).toBeInstanceOf(RequestAbortedError);
  });

  test('to a provider that is not there is known not to have acted', async () => {
    const baseUrl = server.url;
    await server.close();
    const error = await failureOf(clientOf({ baseUrl }).request(post));
    expect(error).toBeInstanceOf(ProviderUnavailableError);
    expect(error).toMatchObject({ outcomeUnknown: false });
  });
});

describe('retries', () => {
  const retry = { attempts: 3, baseDelayMs: 5 };

  test('repeat an idempotent request after 5xx and a broken connection', async () => {
    server.script(json(503, {}), reset, json(200, { ok: true }));
    expect(await clientOf({ retry }).request(get)).toMatchObject({ body: { ok: true } });
    expect(server.seen).toHaveLength(3);
  });

  test('repeat a POST that carries an idempotency key, with the same key', async () => {
    server.script(json(500, {}), json(201, {}));
    await clientOf({ retry }).request({ ...post, idempotencyKey: 'k2' });
    expect(server.seen.map((seen) => seen.headers['idempotency-key'])).toEqual(['k2', 'k2']);
  });

  test('never repeat a POST without a key, because it may have acted', async () => {
    server.script(json(500, {}), json(201, {}));
    const error = await failureOf(clientOf({ retry }).request(post));
    expect(error).toMatchObject({ code: 'provider-unavailable', status: 500, outcomeUnknown: true });
    expect(server.seen).toHaveLength(1);
  });

  test('stop after the attempts allowed', async () => {
    server.script(json(500, {}));
    expect(await failureOf(clientOf({ retry }).request(get))).toBeInstanceOf(ProviderUnavailableError);
    expect(server.seen).toHaveLength(3);
  });
});

describe('the breaker', () => {
  const fast = { volumeThreshold: 4, resetTimeoutMs: 100, errorThresholdPercentage: 50 };

  test('opens when enough calls fail, and then calls nobody', async () => {
    const states: string[] = [];
    const client = clientOf({
      breaker: fast,
      onStateChange: ({ name, state }) => states.push(`${name} ${state}`),
    });
    server.script(json(500, {}));
    for (let call = 0; call < 4; call++) await failureOf(client.request(get));
    const error = await failureOf(client.request(get));

    expect(error).toBeInstanceOf(BreakerOpenError);
    expect((error as BreakerOpenError).retryAfterMs).toBeGreaterThan(0);
    expect((error as BreakerOpenError).retryAfterMs).toBeLessThanOrEqual(100);
    expect(client.breakerState).toBe('open');
    expect(server.seen).toHaveLength(4);
    expect(states).toEqual(['psp closed', 'psp open']);
  });

  test('stays closed with its default threshold when one message fails all of its attempts', async () => {
    const client = clientOf({ retry: { attempts: 3, baseDelayMs: 1 } });
    server.script(json(500, {}));
    for (let delivery = 0; delivery < 3; delivery++) await failureOf(client.request(get));
    expect(server.seen).toHaveLength(9);
    expect(client.breakerState).toBe('closed');
  });

  test('is not opened by refusals', async () => {
    const client = clientOf({ breaker: fast });
    server.script(json(404, {}));
    for (let call = 0; call < 8; call++) await failureOf(client.request(get));
    expect(client.breakerState).toBe('closed');
    expect(server.seen).toHaveLength(8);
  });

  test('lets one trial call through after the pause and closes when that succeeds', async () => {
    let halfOpen = (): void => {};
    const becameHalfOpen = new Promise<void>((resolve) => {
      halfOpen = resolve;
    });
    const client = clientOf({
      breaker: fast,
      onStateChange: ({ state }) => {
        if (state === 'half-open') halfOpen();
      },
    });
    server.script(json(500, {}));
    for (let call = 0; call < 4; call++) await failureOf(client.request(get));
    expect(client.breakerState).toBe('open');
    await becameHalfOpen;

    server.script(json(200, { ok: true }));
    const [trial, other] = await Promise.all([client.request(get), failureOf(client.request(get))]);
    expect(trial).toMatchObject({ body: { ok: true } });
    expect(other).toBeInstanceOf(BreakerOpenError);
    expect(client.breakerState).toBe('closed');
  });
});
