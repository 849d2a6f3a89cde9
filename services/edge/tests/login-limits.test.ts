import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { type Answer, IdentityFixture, type Registration } from './identity-fixture.js';

const allowedFailures = 4;
const perDay = 5;

let edge: IdentityFixture;
beforeAll(async () => {
  edge = await IdentityFixture.create({
    LOGIN_FAILURES_ALLOWED: String(allowedFailures),
    OTP_COOLDOWN_SECONDS: '30',
    OTP_PER_DAY: String(perDay),
    TRUSTED_PROXIES: '1',
  });
});
afterAll(() => edge.close());

let clients = 0;
/** The address of a client that nobody has seen before. */
function newAddress(): string {
  clients += 1;
  return `198.51.${clients >> 8}.${clients & 255}`;
}

function logIn(email: string, password: string, from: string): Promise<Answer> {
  return edge.call('POST', '/v1/sessions', {
    body: { email, password },
    headers: { 'x-forwarded-for': from },
  });
}

async function logInCompletely(customer: Registration, from: string): Promise<void> {
  const challenge = await logIn(customer.email, customer.password, from);
  expect(challenge.status).toBe(201);
  const { challengeId } = challenge.body;
  const answer = await edge.call('POST', `/v1/sessions/${challengeId}/otp`, {
    body: { code: await edge.code(challengeId) },
    headers: { 'x-forwarded-for': from },
  });
  expect(answer.status).toBe(200);
}

async function guess(email: string, times: number, from: () => string): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < times; i++) answers.push(await logIn(email, `a wrong password ${i}`, from()));
  return answers;
}

const codes = (answers: readonly Answer[]) => answers.map(({ status, body }) => `${status} ${body.code}`);

describe('guessing a password', () => {
  test('from one network locks the account for that network, right password or not, and for no other', async () => {
    const ada = await edge.registerAndVerify();
    const attacker = newAddress();
    const answers = await guess(ada.email, allowedFailures + 2, () => attacker);
    expect(codes(answers)).toEqual([
      ...Array(allowedFailures).fill('401 invalid-credentials'),
      ...Array(2).fill('429 login-locked'),
    ]);
    const retryAfter = Number(answers.at(-1)?.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(20);
    expect(retryAfter).toBeLessThanOrEqual(30);
    expect((await logIn(ada.email, ada.password, attacker)).status).toBe(429);
    expect((await logIn(ada.email, ada.password, newAddress())).status).toBe(201);
    edge.advanceClock(30_000);
    expect((await logIn(ada.email, ada.password, attacker)).status).toBe(201);
  });

  test('for an account that does not exist is answered in the same way', async () => {
    const ada = await edge.registerAndVerify();
    const attacker = newAddress();
    const known = await guess(ada.email, allowedFailures + 1, () => attacker);
    const unknown = await guess('nobody@example.com', allowedFailures + 1, () => attacker);
    const shown = ({ status, body: { traceId: _traceId, ...body } }: Answer) => ({ status, body });
    expect(unknown.map(shown)).toEqual(known.map(shown));
  });

  test('all at once gets no more guesses than there are slots', async () => {
    const ada = await edge.registerAndVerify();
    const attacker = newAddress();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => logIn(ada.email, `a wrong password ${i}`, attacker)),
    );
    const made = answers.filter(({ status }) => status === 401).length;
    const threads = 4;
    expect(made).toBeGreaterThanOrEqual(allowedFailures);
    expect(made).toBeLessThan(allowedFailures + threads);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(40 - made);
  });

  test('from everywhere is stopped, but does not lock out networks that the customer signed in from', async () => {
    const ada = await edge.registerAndVerify();
    const home = newAddress();
    await logInCompletely(ada, home);
    const answers = await guess(ada.email, 10 * allowedFailures + 1, newAddress);
    expect(answers.at(-2)?.status).toBe(401);
    expect(answers.at(-1)?.status).toBe(429);
    expect((await logIn(ada.email, ada.password, newAddress())).status).toBe(429);
    await logInCompletely(ada, home);
    // And nobody else is locked out for long.
    edge.advanceClock(30_000);
    expect((await logIn(ada.email, ada.password, newAddress())).status).toBe(201);
  });

  test('is forgiven when the right one follows', async () => {
    const ada = await edge.registerAndVerify();
    const home = newAddress();
    for (let round = 0; round < 3; round++) {
      await guess(ada.email, allowedFailures - 1, () => home);
      await logInCompletely(ada, home);
    }
  });
});

describe('codes', () => {
  test('wait for each other, unless the one before was used', async () => {
    const ada = await edge.registerAndVerify();
    const home = newAddress();
    await logInCompletely(ada, home);
    const first = await logIn(ada.email, ada.password, home);
    expect(first.status).toBe(201);
    const second = await logIn(ada.email, ada.password, newAddress());
    expect([second.status, second.body.code]).toEqual([429, 'otp-cooldown']);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    // The refusal has not voided the code that is on its way.
    expect(
      (await edge.answerChallenge(first.body.challengeId, await edge.code(first.body.challengeId))).status,
    ).toBe(200);
    await logInCompletely(ada, home);
  });

  test('are so many in a day, used or not', async () => {
    const ada = await edge.registerAndVerify();
    const home = newAddress();
    for (let i = 0; i < perDay; i++) await logInCompletely(ada, home);
    const refused = await logIn(ada.email, ada.password, home);
    expect([refused.status, refused.body.code]).toEqual([429, 'otp-daily-limit']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(23 * 3_600);
    edge.advanceClock(24 * 3_600_000);
    await logInCompletely(ada, home);
  });
});

describe('the work of a login', () => {
  /** How many argon2id computations the edge has made. */
  async function computations(): Promise<Record<string, number>> {
    const text = await (await fetch(`${edge.url}/metrics`)).text();
    const counts = text.matchAll(
      /florin_password_hash_duration_seconds_count\{.*operation="(\w+)".*\} (\d+)/g,
    );
    return Object.fromEntries([...counts].map(([, operation, count]) => [operation, Number(count)]));
  }

  async function workOf(action: () => Promise<unknown>): Promise<Record<string, number>> {
    const before = await computations();
    await action();
    const after = await computations();
    return Object.fromEntries(Object.keys(after).map((name) => [name, after[name]! - (before[name] ?? 0)]));
  }

  test('is the same for an unknown email, a wrong password and the right one', async () => {
    const ada = await edge.registerAndVerify();
    const from = newAddress();
    const works = [
      await workOf(() => logIn('stranger@example.com', ada.password, from)),
      await workOf(() => logIn(ada.email, 'a wrong password', from)),
      await workOf(() => logIn(ada.email, ada.password, from)),
    ];
    expect(works).toEqual(Array(3).fill({ hash: 0, verify: 1 }));
  });

  test('includes a new hash when the old one has other parameters', async () => {
    const ada = await edge.registerAndVerify();
    const weak = await hash(ada.password, { memoryCost: 4_096, timeCost: 1, parallelism: 1 });
    await edge.pool.query('UPDATE credentials SET password_hash = $2 WHERE customer_id = $1', [ada.id, weak]);
    const stored = async () =>
      (await edge.pool.query('SELECT password_hash AS h FROM credentials WHERE customer_id = $1', [ada.id]))
        .rows[0].h;
    await logIn(ada.email, 'a wrong password', newAddress());
    expect(await stored()).toBe(weak);
    expect(await workOf(() => logIn(ada.email, ada.password, newAddress()))).toEqual({ hash: 1, verify: 1 });
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    edge.advanceClock(30_000);
    expect(await workOf(() => logIn(ada.email, ada.password, newAddress()))).toEqual({ hash: 0, verify: 1 });
  });
});
