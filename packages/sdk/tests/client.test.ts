import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createFlorin, type Florin, FlorinConnectionError, FlorinError } from '../src/index.js';
import { json, problem, ScriptedApi } from './fake-api.js';

const api = new ScriptedApi();
let baseUrl: string;
let florin: Florin;

beforeAll(async () => {
  baseUrl = await api.start();
});
beforeEach(() => {
  api.reset();
  florin = createFlorin({ baseUrl: `${baseUrl}/`, token: 'flk_test', retry: { baseDelayMs: 1 } });
});
afterAll(() => api.stop());

const transfer = {
  body: { type: 'transfer', sourceWalletId: 'a', destinationWalletId: 'b', amount: 5, currency: 'USD' },
};
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no failure',
    (error) => error,
  );

describe('a request', () => {
  test('has path, query, body, token and preferences in their places', async () => {
    api.script = (_request, response) => json(response, 201, { id: 't1' });
    await florin.createTransaction(transfer, {
      prefer: 10,
      traceparent: '00-a-b-01',
      idempotencyKey: 'mine',
    });
    expect(api.seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1/transactions',
      body: JSON.stringify(transfer.body),
    });
    expect(api.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer flk_test',
      'content-type': 'application/json',
      'idempotency-key': 'mine',
      prefer: 'wait=10',
      traceparent: '00-a-b-01',
    });
    await florin.getBalance({ id: 'a/b', query: { at: '2026-01-01T00:00:00Z' } });
    expect(api.seen[1]?.url).toBe('/v1/wallets/a%2Fb/balance?at=2026-01-01T00%3A00%3A00Z');
    expect(api.seen[1]?.headers).not.toHaveProperty('idempotency-key');
    await florin.listTransactions({ query: { 'amount[gte]': 5, sort: '-createdAt', cursor: undefined } });
    expect(api.seen[2]?.url).toBe('/v1/transactions?amount%5Bgte%5D=5&sort=-createdAt');
  });

  test('answers with status and headers to who asks for them', async () => {
    api.script = (_request, response) =>
      json(response, 202, { id: 't1' }, { 'idempotency-replayed': 'true', location: '/x' });
    const answer = await florin.request('createTransaction', transfer, { prefer: 'respond-async' });
    expect(answer).toMatchObject({ status: 202, data: { id: 't1' }, replayed: true });
    expect(answer.headers.get('location')).toBe('/x');
    expect(api.seen[0]?.headers.prefer).toBe('respond-async');
  });

  test('without a parameter of its path is not sent', async () => {
    expect(await failure(florin.getWallet({ id: '' }))).toBeInstanceOf(TypeError);
    expect(api.seen).toEqual([]);
  });

  test('can ask for another media type', async () => {
    api.script = (_request, response) => response.writeHead(200, { 'content-type': 'text/csv' }).end('a,b');
    const file = await florin.download('getStatement', { id: 'w' }, 'text/csv');
    expect([await file.text(), api.seen[0]?.headers.accept]).toEqual(['a,b', 'text/csv']);
  });
});

describe('a refusal', () => {
  test('is an error with the code, and is not repeated', async () => {
    api.script = (_request, response) => problem(response, 409, 'wallet-closed', { 'x-request-id': 'r1' });
    const error = await failure(florin.getWallet({ id: 'w' }));
    expect(error).toBeInstanceOf(FlorinError);
    expect(error).toMatchObject({
      code: 'wallet-closed',
      status: 409,
      message: 'It is wallet-closed.',
      traceId: 'abc',
      requestId: 'r1',
    });
    expect(api.seen).toHaveLength(1);
  });

  test('by something that is not the API is an error as well', async () => {
    api.script = (_request, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>');
    expect(await failure(florin.getWallet({ id: 'w' }))).toMatchObject({
      code: 'unexpected-answer',
      status: 404,
    });
  });
});

describe('a failure that passes', () => {
  test('is retried under the same idempotency key', async () => {
    api.script = (_request, response, number) => {
      if (number === 1) response.destroy();
      else if (number === 2) problem(response, 503, 'overloaded');
      else if (number === 3) problem(response, 409, 'idempotency-key-in-flight', { 'retry-after': '0' });
      else json(response, 201, { id: 't1' });
    };
    expect(await florin.createTransaction(transfer)).toEqual({ id: 't1' });
    const keys = api.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    await florin.createTransaction(transfer);
    expect(api.seen.at(-1)?.headers['idempotency-key']).not.toBe(keys[0]);
  });

  test('that does not pass ends with its error', async () => {
    api.script = (_request, response) => problem(response, 503, 'overloaded');
    expect(await failure(florin.listWallets())).toMatchObject({ code: 'overloaded' });
    expect(api.seen).toHaveLength(4);
  });

  test('that asks for too long a wait is not waited for', async () => {
    api.script = (_request, response) => problem(response, 429, 'rate-limited', { 'retry-after': '3600' });
    expect(await failure(florin.listWallets())).toMatchObject({ retryAfterSeconds: 3_600 });
    expect(api.seen).toHaveLength(1);
  });

  test('in the middle of a body counts as no answer', async () => {
    api.script = (_request, response, number) => {
      if (number > 1) return json(response, 200, { id: 'w' });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"id":', () => response.destroy());
    };
    expect(await florin.getWallet({ id: 'w' })).toEqual({ id: 'w' });
  });
});

describe('time', () => {
  test('that is up is an error of its own', async () => {
    api.script = () => undefined;
    const impatient = createFlorin({ baseUrl, retry: { attempts: 1 }, timeoutMs: 50 });
    const error = await failure(impatient.listWallets());
    expect(error).toBeInstanceOf(FlorinConnectionError);
    expect(error).toMatchObject({ code: 'timeout' });
  });

  test('is cut short by the signal of the caller, in a call and between two', async () => {
    const reason = new Error('changed my mind');
    for (const script of [
      () => undefined,
      ((_r, response) => problem(response, 503, 'overloaded')) as typeof api.script,
    ]) {
      const abort = new AbortController();
      api.script = (request, response, number) => {
        script(request, response, number);
        // It is being waited for: either for the answer or, once this one is out, for the next try.
        if (response.writableEnded) response.on('finish', () => abort.abort(reason));
        else abort.abort(reason);
      };
      api.reset();
      const patient = createFlorin({ baseUrl, retry: { baseDelayMs: 60_000, maxDelayMs: 60_000 } });
      expect(await failure(patient.listWallets({}, { signal: abort.signal }))).toBe(reason);
      expect(api.seen).toHaveLength(1);
    }
  });
});

describe('an outcome that the API still works on', () => {
  test('is asked for until it is there, beyond the tries of a failure', async () => {
    api.script = (_request, response, number) => {
      if (number < 10) problem(response, 409, 'idempotency-key-in-flight', { 'retry-after': '0' });
      else json(response, 201, { id: 't1' });
    };
    expect(await florin.createTransaction(transfer)).toEqual({ id: 't1' });
    expect(new Set(api.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  test('is given up when the time of the call is over', async () => {
    api.script = (_request, response) => problem(response, 409, 'idempotency-key-in-flight');
    const impatient = createFlorin({ baseUrl, retry: { baseDelayMs: 1, inFlightMs: 0 } });
    expect(await failure(impatient.createTransaction(transfer))).toMatchObject({
      code: 'idempotency-key-in-flight',
    });
    expect(api.seen).toHaveLength(1);
    const brief = createFlorin({ baseUrl, retry: { baseDelayMs: 1 }, timeoutMs: 5_000 });
    expect(await failure(brief.createTransaction(transfer, { timeoutMs: 50 }))).toMatchObject({
      code: 'idempotency-key-in-flight',
    });
  });
});

test('a list is read page by page, and only as far as it is wanted', async () => {
  api.script = ({ url }, response) => {
    const cursor = Number(new URL(url, baseUrl).searchParams.get('cursor') ?? 0);
    const data = [{ id: `w${cursor}` }, { id: `w${cursor + 1}` }];
    json(response, 200, { data, nextCursor: cursor < 4 ? String(cursor + 2) : null });
  };
  const ids: string[] = [];
  for await (const { id } of florin.paginate('listWallets', { query: { limit: 2 } })) ids.push(id);
  expect(ids).toEqual(['w0', 'w1', 'w2', 'w3', 'w4', 'w5']);
  expect(api.seen.map(({ url }) => url)).toEqual([
    '/v1/wallets?limit=2',
    '/v1/wallets?limit=2&cursor=2',
    '/v1/wallets?limit=2&cursor=4',
  ]);
  api.reset();
  for await (const _ of florin.paginate('listWallets')) break;
  expect(api.seen).toHaveLength(1);
});
