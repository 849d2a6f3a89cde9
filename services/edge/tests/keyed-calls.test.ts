import { randomUUID } from 'node:crypto';
import { LoginChallengeIssued } from '@florin/contracts';
import type { RouteRequest } from '@florin/http';
import { createRuntime, type Runtime } from '@florin/runtime';
import { createSealer, localSealKey } from '@florin/sealed-secrets';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { readConfig } from '../src/config.js';
import { type OnceTools, oncePerKey } from '../src/ingress/once-per-key.js';
import { routes } from '../src/open-api.js';
import { type Answer, IdentityFixture, type Registration } from './identity-fixture.js';

let edge: IdentityFixture;
let ada: Registration & { id: string };
const admin = 'flk_local_admin';

beforeAll(async () => {
  edge = await IdentityFixture.create();
  ada = await edge.registerAndVerify();
});
afterAll(() => edge.close());

const withKey = (key: string, body: unknown, token?: string) => ({
  body,
  token,
  headers: { 'idempotency-key': key },
});
const logIn = (key: string, customer: Registration = ada): Promise<Answer> =>
  edge.call('POST', '/v1/sessions', withKey(key, { email: customer.email, password: customer.password }));
const isReplay = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true';

/** Codes sent to a customer; the last login is waited for, because messages of one customer come in order. */
async function codesSent(customer: Registration & { id: string }): Promise<number> {
  const last = await edge.challenge(customer);
  return eventually('the last code', async () => {
    const sent = edge.peer
      .heard(LoginChallengeIssued)
      .filter(({ value }) => value.customerId === customer.id);
    return sent.some(({ value }) => value.challengeId === last) ? sent.length - 1 : undefined;
  });
}

describe('an Idempotency-Key of a call that is answered at once', () => {
  test('used 50 times at once has one effect and one answer', async () => {
    const customer = await edge.registerAndVerify();
    const key = randomUUID();
    const racing = await Promise.all(Array.from({ length: 50 }, () => logIn(key, customer)));
    const answered = racing.filter(({ status }) => status === 201);
    const others = racing.filter(({ status }) => status !== 201);
    expect(others.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      others.map(() => '409 idempotency-key-in-flight'),
    );
    expect(answered.filter((answer) => !isReplay(answer))).toHaveLength(1);
    const repeat = await logIn(key, customer);
    expect(isReplay(repeat)).toBe(true);
    expect(new Set([...answered, repeat].map(({ text }) => text)).size).toBe(1);
    expect(await codesSent(customer)).toBe(1);
  });

  test('repeats status, body and headers, and refuses another body', async () => {
    const key = randomUUID();
    const rule = { name: `r-${randomUUID().slice(0, 8)}`, minAgeSeconds: 60 };
    const create = (body: object) => edge.call('POST', '/ops/v1/redrive-rules', withKey(key, body, admin));
    const first = await create(rule);
    expect(first.status).toBe(201);
    expect(isReplay(first)).toBe(false);
    const repeat = await create(rule);
    expect(repeat).toMatchObject({ status: 201, text: first.text });
    expect(isReplay(repeat)).toBe(true);
    expect(repeat.headers.get('location')).toBe(first.headers.get('location'));
    expect(repeat.headers.get('content-type')).toBe(first.headers.get('content-type'));
    const other = await create({ ...rule, minAgeSeconds: 61 });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  test('stops giving its answer away when requests are guessed', async () => {
    const key = randomUUID();
    const good = { email: ada.email, password: ada.password };
    expect((await edge.call('POST', '/v1/sessions', withKey(key, good))).status).toBe(201);
    const guesses = Array.from({ length: 5 }, (_, i) => ({
      email: ada.email,
      password: `guess number ${i}`,
    }));
    const answers = await Promise.all(
      guesses.map((guess) => edge.call('POST', '/v1/sessions', withKey(key, guess))),
    );
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422]);
    const right = await edge.call('POST', '/v1/sessions', withKey(key, good));
    expect(right).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  test('is not burnt by a refusal', async () => {
    const key = randomUUID();
    const wrong = { email: ada.email, password: 'not the password' };
    expect((await edge.call('POST', '/v1/sessions', withKey(key, wrong))).status).toBe(401);
    expect((await edge.call('POST', '/v1/sessions', withKey(key, { email: 1 }))).status).toBe(400);
    const good = await logIn(key);
    expect(good.status).toBe(201);
    expect(isReplay(good)).toBe(false);
    const taken = await edge.call('POST', '/v1/customers', withKey(key, { ...ada, id: undefined }));
    expect(taken.body.code).toBe('customer-exists');
    const fresh = edge.newRegistration();
    expect((await edge.call('POST', '/v1/customers', withKey(key, fresh))).status).toBe(201);
  });

  test('gives the tokens of a login again, and the tables and Redis hold none of them', async () => {
    const challengeId = await edge.challenge(ada);
    const body = { code: await edge.code(challengeId) };
    const key = randomUUID();
    const confirm = () => edge.call('POST', `/v1/sessions/${challengeId}/otp`, withKey(key, body));
    const first = await confirm();
    expect(first.status).toBe(200);
    expect((await confirm()).text).toBe(first.text);
    const refresh = () =>
      edge.call('POST', '/v1/sessions/refresh', withKey(key, { refreshToken: first.body.refreshToken }));
    const rotated = await refresh();
    expect(rotated.status).toBe(200);
    // Without the key, the second use of a refresh token would end the session.
    expect(await refresh()).toMatchObject({ status: 200, text: rotated.text });
    const { rows } = await edge.pool.query('SELECT keyed_calls::text AS row, answer FROM keyed_calls');
    const stored = rows.map(({ row, answer }) => `${row} ${(answer as Buffer | null)?.toString('latin1')}`);
    expect(stored.length).toBeGreaterThan(1);
    for (const secret of [first.body.accessToken, first.body.refreshToken, rotated.body.refreshToken, key]) {
      expect(stored.join('\n')).not.toContain(secret);
    }
  });

  test('is burnt by a refusal that has changed something: repeats get the same refusal', async () => {
    const { refreshToken } = await edge.signIn(ada);
    const spend = (key?: string) =>
      edge.call('POST', '/v1/sessions/refresh', {
        body: { refreshToken },
        headers: key === undefined ? {} : { 'idempotency-key': key },
      });
    expect((await spend()).status).toBe(200);
    // The token is used: presenting it ends the session.
    const key = randomUUID();
    const first = await spend(key);
    expect(first).toMatchObject({ status: 401, body: { code: 'refresh-token-invalid' } });
    expect(isReplay(first)).toBe(false);
    const repeat = await spend(key);
    expect(repeat).toMatchObject({ status: 401, text: first.text });
    expect(isReplay(repeat)).toBe(true);
    expect(repeat.headers.get('content-type')).toBe(first.headers.get('content-type'));
  });

  test('is erased with the customer whom its answer is about', async () => {
    const registration = edge.newRegistration();
    const registered = await edge.call('POST', '/v1/customers', withKey(randomUUID(), registration));
    const { id } = registered.body;
    await edge.call('POST', '/v1/customers/verify-email', {
      body: { token: await edge.verificationToken(id) },
    });
    const challenged = await logIn(randomUUID(), registration);
    const { challengeId } = challenged.body;
    const code = { code: await edge.code(challengeId) };
    const signedIn = await edge.call('POST', `/v1/sessions/${challengeId}/otp`, withKey(randomUUID(), code));
    const refresh = { refreshToken: signedIn.body.refreshToken };
    expect((await edge.call('POST', '/v1/sessions/refresh', withKey(randomUUID(), refresh))).status).toBe(
      200,
    );
    const kept = async () => {
      const { rows } = await edge.pool.query(
        'SELECT count(*)::int AS n FROM keyed_calls WHERE customer_id = $1 AND answer IS NOT NULL',
        [id],
      );
      return rows[0].n;
    };
    expect(await kept()).toBe(4);
    const left = await edge.call('DELETE', '/v1/customers/me', { token: signedIn.body.accessToken });
    expect(left.status).toBe(204);
    await eventually('the answers to be erased', async () => ((await kept()) === 0 ? true : undefined));
  });

  test('is kept for a day', async () => {
    const key = randomUUID();
    const first = await logIn(key);
    edge.advanceClock(24 * 3_600_000);
    expect((await logIn(key)).text).toBe(first.text);
  });

  test.each([
    ['256 characters', 'k'.repeat(256)],
    ['letters beyond ASCII', 'clé'],
  ])('of %s is refused', async (_what, key) => {
    expect(await logIn(key)).toMatchObject({
      status: 400,
      body: { code: 'validation-failed', errors: [{ pointer: '/headers/Idempotency-Key' }] },
    });
  });
});

describe('a claim whose process died', () => {
  /** Makes the newest call one whose process died before it could answer. */
  const orphan = (tookEffect: boolean) =>
    edge.pool.query(
      `UPDATE keyed_calls SET answer = NULL, took_effect = $1
       WHERE claimed_at = (SELECT max(claimed_at) FROM keyed_calls WHERE answer IS NOT NULL)`,
      [tookEffect],
    );

  test('without an effect is in flight until its time is up, then one repeat runs', async () => {
    const customer = await edge.registerAndVerify();
    const key = randomUUID();
    const first = await logIn(key, customer);
    await orphan(false);
    expect(await logIn(key, customer)).toMatchObject({
      status: 409,
      body: { code: 'idempotency-key-in-flight' },
    });
    edge.advanceClock(61_000);
    const repeats = await Promise.all(Array.from({ length: 10 }, () => logIn(key, customer)));
    const bodies = new Set(repeats.filter(({ status }) => status === 201).map(({ text }) => text));
    expect(bodies.size).toBe(1);
    expect([...bodies][0]).not.toBe(first.text);
    expect(await codesSent(customer)).toBe(2);
  });

  test('after its effect never runs again, and repeats hear so for good', async () => {
    const customer = await edge.registerAndVerify();
    const key = randomUUID();
    await logIn(key, customer);
    await orphan(true);
    edge.advanceClock(61_000);
    for (let i = 0; i < 2; i++) {
      expect(await logIn(key, customer)).toMatchObject({
        status: 409,
        body: { code: 'idempotency-answer-lost' },
      });
    }
    expect(await codesSent(customer)).toBe(1);
  });
});

describe('a run that fails after its effect', () => {
  let runtime: Runtime;
  let once: ReturnType<typeof oncePerKey<OnceTools>>;
  beforeAll(() => {
    const config = readConfig(edge.env);
    runtime = createRuntime({ service: 'edge', config, databaseUrl: config.EDGE_DATABASE_URL });
    once = oncePerKey(
      { ...runtime, keepAnswer: () => undefined },
      { sealer: createSealer(localSealKey, 'test'), hashKey: Buffer.alloc(32) },
    );
  });
  afterAll(() => runtime.database.close());

  const reply = { status: 201, headers: { Location: '/somewhere' }, body: { secret: 'shown once' } };
  /** A call whose handler marks a row of its own, and dies before it answers. */
  function call(keep: boolean) {
    const request = { params: {}, body: { n: 1 }, traceId: 'trace' } as unknown as RouteRequest;
    const keyed = { route: 'POST /test', key: randomUUID(), request };
    let runs = 0;
    return {
      runs: () => runs,
      run: () =>
        once(keyed, async ({ database, keepAnswer }) => {
          runs += 1;
          await database.transaction(async (tx) => {
            await tx.query(`INSERT INTO customer_erasures VALUES ($1, now(), now())`, [randomUUID()]);
            if (keep) keepAnswer(tx, reply);
          });
          throw new Error('the process dies');
        }),
    };
  }

  test('gives its answer to repeats when that was kept with the effect', async () => {
    const { run, runs } = call(true);
    await expect(run()).rejects.toThrow('the process dies');
    const repeat = await run();
    expect(repeat).toEqual({
      ...reply,
      headers: { ...reply.headers, 'Idempotency-Replayed': 'true' },
      body: JSON.stringify(reply.body),
    });
    expect(runs()).toBe(1);
  });

  test('has lost it otherwise, and is not run again', async () => {
    const { run, runs } = call(false);
    await expect(run()).rejects.toThrow('the process dies');
    for (let i = 0; i < 2; i++) {
      await expect(run()).rejects.toMatchObject({ status: 409, code: 'idempotency-answer-lost' });
    }
    expect(runs()).toBe(1);
  });
});

test('every route that hands its key to the ingress says so, and no other does', () => {
  const posts = routes.filter(({ method }) => method === 'post');
  expect(posts.length).toBeGreaterThan(20);
  const wrong = routes.filter(
    ({ handler, claimsKey }) => String(handler).includes('ingress.accept') !== (claimsKey === true),
  );
  expect(wrong.map(({ operationId }) => operationId)).toEqual([]);
});
