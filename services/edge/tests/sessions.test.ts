import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PublicProtocol } from 'paseto';
import { ImportPublicKeyFactory, VerifyFactory } from 'paseto/v4/public';
import { eventually } from '../../../test/story/eventually.js';
import { accessTokenTtlMs, createAccessTokens, localTokenKey } from '../src/auth/access-tokens.js';
import { IdentityFixture, type Registration } from './identity-fixture.js';

let edge: IdentityFixture;
let ada: Registration & { id: string };
beforeAll(async () => {
  edge = await IdentityFixture.create();
  ada = await edge.registerAndVerify();
});
afterAll(() => edge.close());

function me(token: string) {
  return edge.call('GET', '/v1/customers/me', { token });
}

function refresh(refreshToken: string) {
  return edge.call('POST', '/v1/sessions/refresh', { body: { refreshToken } });
}

describe('refreshing', () => {
  test('gives a new pair and keeps the session', async () => {
    const first = await edge.signIn(ada);
    const { status, body } = await refresh(first.refreshToken);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual([
      'accessToken',
      'accessTokenExpiresAt',
      'refreshToken',
      'refreshTokenExpiresAt',
    ]);
    expect(body.refreshToken).not.toBe(first.refreshToken);
    expect((await me(body.accessToken)).body.id).toBe(ada.id);
  });

  test('with a used token ends the whole family, access tokens included', async () => {
    const first = await edge.signIn(ada);
    const second = (await refresh(first.refreshToken)).body;
    expect((await me(second.accessToken)).status).toBe(200);
    const reuse = await refresh(first.refreshToken);
    expect([reuse.status, reuse.body.code]).toEqual([401, 'refresh-token-invalid']);
    expect((await refresh(second.refreshToken)).status).toBe(401);
    expect((await me(second.accessToken)).status).toBe(401);
    expect((await me(first.accessToken)).status).toBe(401);
  });

  test('at the same time with one token succeeds once and ends the family', async () => {
    const { refreshToken } = await edge.signIn(ada);
    const answers = await Promise.all([1, 2, 3].map(() => refresh(refreshToken)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await me(winner?.body.accessToken)).status).toBe(401);
  });

  test('does not prolong a session beyond its absolute end', async () => {
    const grace = await edge.registerAndVerify();
    const begin = await edge.signIn(grace);
    const day = 24 * 3_600_000;
    const { rows } = await edge.pool.query('SELECT created_at FROM sessions WHERE customer_id = $1', [
      grace.id,
    ]);
    const end = rows[0].created_at.getTime() + 90 * day;
    let pair = begin;
    for (let i = 0; i < 3; i++) {
      edge.advanceClock(29 * day);
      const refreshed = await refresh(pair.refreshToken);
      expect(refreshed.status).toBe(200);
      pair = refreshed.body;
    }
    expect(pair).toMatchObject({ refreshTokenExpiresAt: new Date(end).toISOString() });
    const { body } = await edge.call('GET', '/v1/sessions', { token: pair.accessToken });
    expect(body.data[0].expiresAt).toBe(new Date(end).toISOString());
    edge.advanceClock(3 * day);
    expect((await refresh(pair.refreshToken)).status).toBe(401);
    expect((await me(pair.accessToken)).status).toBe(401);
  });

  test.each(['', 'x', 'v4.public.abc'])('with garbage is refused: %p', async (token) => {
    const { status } = await refresh(token);
    expect(status).toBe(token === '' ? 400 : 401);
  });
});

describe('sessions', () => {
  test('are listed, and each can be ended from another', async () => {
    const grace = await edge.registerAndVerify();
    const [phone, laptop] = [await edge.signIn(grace), await edge.signIn(grace)];
    const { body } = await edge.call('GET', '/v1/sessions', { token: laptop.accessToken });
    expect(body.nextCursor).toBeNull();
    expect(body.data.map((session: { current: boolean }) => session.current)).toEqual([true, false]);
    // What `fetch` of Node.js calls itself.
    expect(body.data[0]).toMatchObject({ address: '127.0.0.1', userAgent: 'node' });
    const other = body.data[1].id;
    expect((await me(phone.accessToken)).status).toBe(200);
    expect((await edge.call('DELETE', `/v1/sessions/${other}`, { token: laptop.accessToken })).status).toBe(
      204,
    );
    expect((await me(phone.accessToken)).status).toBe(401);
    expect((await refresh(phone.refreshToken)).status).toBe(401);
    expect((await me(laptop.accessToken)).status).toBe(200);
  });

  test('are ended at once, however their id is spelled', async () => {
    const { accessToken } = await edge.signIn(ada);
    expect((await me(accessToken)).status).toBe(200);
    const { body } = await edge.call('GET', '/v1/sessions', { token: accessToken });
    const id = body.data.find((session: { current: boolean }) => session.current).id.toUpperCase();
    expect((await edge.call('DELETE', `/v1/sessions/${id}`, { token: accessToken })).status).toBe(204);
    expect((await me(accessToken)).status).toBe(401);
  });

  test('of someone else do not exist', async () => {
    const stranger = await edge.registerAndVerify();
    const [mine, theirs] = [await edge.signIn(ada), await edge.signIn(stranger)];
    const { body } = await edge.call('GET', '/v1/sessions', { token: theirs.accessToken });
    const attempt = await edge.call('DELETE', `/v1/sessions/${body.data[0].id}`, { token: mine.accessToken });
    expect([attempt.status, attempt.body.code]).toEqual([404, 'not-found']);
    expect((await me(theirs.accessToken)).status).toBe(200);
  });

  test('end with the logout', async () => {
    const { accessToken, refreshToken } = await edge.signIn(ada);
    expect((await edge.call('DELETE', '/v1/sessions/current', { token: accessToken })).status).toBe(204);
    expect((await me(accessToken)).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  test('that another instance ended do not live on in the memory of this one', async () => {
    const { accessToken } = await edge.signIn(ada);
    expect((await me(accessToken)).status).toBe(200);
    const { rows } = await edge.pool.query(
      `UPDATE sessions SET revoked_at = now(), revoke_reason = 'revoked'
       WHERE customer_id = $1 AND revoked_at IS NULL RETURNING id`,
      [ada.id],
    );
    const ids = rows.map((row) => row.id).join(',');
    await edge.redis.publish(`${edge.topicPrefix}session-revocations`, ids);
    await eventually('the news of the revocation', async () =>
      (await me(accessToken)).status === 401 ? true : undefined,
    );
  });
});

describe('access tokens', () => {
  test('expire', async () => {
    const { accessToken } = await edge.signIn(ada);
    expect((await me(accessToken)).status).toBe(200);
    edge.advanceClock(accessTokenTtlMs);
    expect((await me(accessToken)).status).toBe(401);
  });

  test.each([
    ['no header', undefined],
    ['another scheme', 'Basic YWRhOnNlY3JldA=='],
    ['garbage', 'Bearer garbage'],
    ['an unsigned JWT', `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
    ['another purpose', 'Bearer v4.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['a token of no length', 'Bearer v4.public.'],
    ['an endless token', `Bearer v4.public.${'A'.repeat(5_000)}`],
    ['an unknown API key', 'Bearer flk_unknown'],
  ])('%s is refused', async (_what, authorization) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const { status, body, headers: answer } = await edge.call('GET', '/v1/customers/me', { headers });
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
    expect(answer.get('www-authenticate')).toBe('Bearer');
  });

  test('signed with another key, or altered, are refused', async () => {
    const { accessToken } = await edge.signIn(ada);
    const sessionId = (await edge.call('GET', '/v1/sessions', { token: accessToken })).body.data[0].id;
    const clock = { now: () => Date.now() };
    const otherKey = Buffer.alloc(32, 7).toString('base64');
    const forged = await createAccessTokens({ key: otherKey, clock }).issue({
      customerId: ada.id,
      sessionId,
    });
    expect((await me(forged.token)).status).toBe(401);
    const altered = accessToken.slice(0, 20) + (accessToken[20] === 'A' ? 'B' : 'A') + accessToken.slice(21);
    expect((await me(altered)).status).toBe(401);
  });

  test('are verified with keys that anyone can fetch', async () => {
    const { accessToken } = await edge.signIn(ada);
    const { status, body, headers } = await edge.call('GET', '/v1/keys');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toContain('max-age');
    const footer = JSON.parse(Buffer.from(accessToken.split('.')[3]!, 'base64url').toString());
    expect(body.keys).toEqual([
      {
        kid: footer.kid,
        paserk: expect.stringMatching(/^k4\.public\./),
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.any(String),
        use: 'sig',
        signs: true,
      },
    ]);
    const protocol = new PublicProtocol(ImportPublicKeyFactory, VerifyFactory);
    const { claims } = await protocol.Verify(
      await protocol.ImportPublicKey(body.keys[0].paserk),
      accessToken,
      // Other tests have moved the clock of the edge ahead.
      { clockTolerance: 365 * 24 * 3_600 },
    );
    expect(claims.sub).toBe(ada.id);
  });

  test('well signed, but of a session that does not exist, are refused', async () => {
    const clock = { now: () => Date.now() };
    const { token } = await createAccessTokens({ key: localTokenKey, clock }).issue({
      customerId: ada.id,
      sessionId: '01a1fc54-526c-75de-8e39-8754441f9757',
    });
    expect((await me(token)).status).toBe(401);
  });
});
