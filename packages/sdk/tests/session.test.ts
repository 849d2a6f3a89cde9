import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createFlorin, type SessionTokens } from '../src/index.js';
import { json, problem, ScriptedApi } from './fake-api.js';

const api = new ScriptedApi();
let baseUrl: string;
let issued = 0;

beforeAll(async () => {
  baseUrl = await api.start();
});
beforeEach(() => api.reset());
afterAll(() => api.stop());

function tokens(lifeMs: number): SessionTokens {
  issued++;
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  return {
    accessToken: `access-${issued}`,
    accessTokenExpiresAt: at(lifeMs),
    refreshToken: `refresh-${issued}`,
    refreshTokenExpiresAt: at(86_400_000),
  };
}

/** Accepts the newest access token only. */
function protect(lifeMs = 900_000): void {
  api.script = ({ url, headers, body }, response) => {
    if (url === '/v1/sessions/refresh') {
      const fits = JSON.parse(body).refreshToken === `refresh-${issued}`;
      if (fits) json(response, 200, tokens(lifeMs));
      else problem(response, 401, 'refresh-token-invalid');
    } else if (headers.authorization === `Bearer access-${issued}`)
      json(response, 200, { data: [], nextCursor: null });
    else problem(response, 401, 'unauthenticated');
  };
}

test('a login asks for the code and keeps the tokens', async () => {
  const kept: (SessionTokens | undefined)[] = [];
  const florin = createFlorin({ baseUrl, onTokens: (next) => kept.push(next) });
  const customer = { id: 'c1', fullName: 'Ada' };
  api.script = ({ url, body }, response) => {
    if (url === '/v1/sessions')
      json(response, 201, { challengeId: 'ch1', channel: 'sms', expiresAt: '2026-01-01T00:00:00Z' });
    else if (url === '/v1/sessions/ch1/otp' && JSON.parse(body).code === '123456') {
      json(response, 200, { ...tokens(900_000), customer });
    } else if (url === '/v1/sessions/current') response.writeHead(204).end();
    else json(response, 200, { data: [], nextCursor: null });
  };
  const signedIn = await florin.signIn({ email: 'ada@example.com', password: 'secret' }, ({ channel }) =>
    channel === 'sms' ? '123456' : '',
  );
  expect(signedIn).toEqual(customer);
  expect(kept).toEqual([
    expect.objectContaining({ accessToken: `access-${issued}`, refreshToken: `refresh-${issued}` }),
  ]);
  expect(kept[0]).not.toHaveProperty('customer');
  await florin.listWallets();
  expect(api.seen.at(-1)?.headers.authorization).toBe(`Bearer access-${issued}`);
  await florin.signOut();
  expect([api.seen.at(-1)?.method, api.seen.at(-1)?.url]).toEqual(['DELETE', '/v1/sessions/current']);
  expect(kept.at(-1)).toBeUndefined();
});

describe('a session', () => {
  test('is refreshed once, however many calls were refused', async () => {
    const florin = createFlorin({ baseUrl, session: tokens(900_000) });
    protect();
    // The server has rotated its key: what the client holds is not accepted any more.
    const stale = api.script;
    api.script = (request, response, number) =>
      request.headers.authorization === 'Bearer access-stale'
        ? problem(response, 401, 'unauthenticated')
        : stale(request, response, number);
    const old = createFlorin({
      baseUrl,
      session: { ...tokens(900_000), accessToken: 'access-stale', refreshToken: `refresh-${issued}` },
    });
    await Promise.all(Array.from({ length: 10 }, () => old.listWallets()));
    expect(api.seen.filter(({ url }) => url === '/v1/sessions/refresh')).toHaveLength(1);
    expect(florin).toBeDefined();
  });

  test('is refreshed before its access token expires', async () => {
    const florin = createFlorin({ baseUrl, session: tokens(5_000) });
    protect();
    await Promise.all([florin.listWallets(), florin.listWallets()]);
    expect(api.seen.map(({ url }) => url)).toEqual(['/v1/sessions/refresh', '/v1/wallets', '/v1/wallets']);
  });

  test('that has ended says so, once', async () => {
    const kept: unknown[] = [];
    const florin = createFlorin({
      baseUrl,
      session: { ...tokens(900_000), accessToken: 'gone', refreshToken: 'gone' },
      onTokens: (next) => kept.push(next),
    });
    protect();
    await expect(florin.listWallets()).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(kept).toEqual([undefined]);
    expect(api.seen.map(({ url }) => url)).toEqual(['/v1/wallets', '/v1/sessions/refresh']);
  });
});

test('a function that knows the token is asked again when it was refused', async () => {
  let current = 'access-old';
  const florin = createFlorin({ baseUrl, token: () => current });
  tokens(900_000);
  protect();
  const inner = api.script;
  api.script = (request, response, number) => {
    inner(request, response, number);
    current = `access-${issued}`;
  };
  await florin.listWallets();
  expect(api.seen).toHaveLength(2);
});
