import { randomUUID } from 'node:crypto';
import { PasswordChanged, PasswordResetRequested } from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { type Answer, IdentityFixture } from './identity-fixture.js';

const perDay = 3;
const cooldownMs = 60_000;
const allowedFailures = 3;
const newPassword = 'Difference-Engine-1822';
const admin = 'flk_local_admin';

let edge: IdentityFixture;
beforeAll(async () => {
  edge = await IdentityFixture.create({
    LOGIN_FAILURES_ALLOWED: String(allowedFailures),
    MAIL_COOLDOWN_SECONDS: String(cooldownMs / 1_000),
    MAIL_PER_DAY: String(perDay),
    PASSWORDS_WAITING_PER_NETWORK: '5',
    TRUSTED_PROXIES: '1',
  });
}, 180_000);
afterAll(() => edge.close());

let clients = 0;
/** The address of a client that nobody has seen before. */
function newAddress(): string {
  clients += 1;
  return `203.0.${clients >> 8}.${clients & 255}`;
}

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const ask = (email: string, address = newAddress()): Promise<Answer> =>
  edge.call('POST', '/v1/customers/password-reset', { body: { email }, ...from(address) });
const reset = (token: string, password = newPassword, address = newAddress()): Promise<Answer> =>
  edge.call('POST', '/v1/customers/password-reset/confirm', {
    ...{ body: { token, newPassword: password }, ...from(address) },
  });
const logIn = (email: string, password: string, address = newAddress()): Promise<Answer> =>
  edge.call('POST', '/v1/sessions', { body: { email, password }, ...from(address) });
const mailsFor = (customerId: string) =>
  edge.peer.heard(PasswordResetRequested).filter(({ value }) => value.customerId === customerId);

async function askAndReceive(customer: { id: string; email: string }): Promise<string> {
  expect((await ask(customer.email)).status).toBe(202);
  return edge.resetToken(customer.id);
}

describe('setting a new password by mail', () => {
  test('ends every session with its refresh tokens and a login that has begun', async () => {
    const ada = await edge.registerAndVerify();
    const sessions = [await edge.signIn(ada), await edge.signIn(ada)];
    const begun = await edge.challenge(ada);
    const code = await edge.code(begun);
    const token = await askAndReceive(ada);
    for (const { accessToken } of sessions) {
      expect((await edge.call('GET', '/v1/customers/me', { token: accessToken })).status).toBe(200);
    }
    expect((await reset(token)).status).toBe(204);
    for (const { accessToken, refreshToken } of sessions) {
      expect((await edge.call('GET', '/v1/customers/me', { token: accessToken })).status).toBe(401);
      const refreshed = await edge.call('POST', '/v1/sessions/refresh', { body: { refreshToken } });
      expect(refreshed).toMatchObject({ status: 401, body: { code: 'refresh-token-invalid' } });
    }
    expect((await edge.answerChallenge(begun, code)).status).toBe(410);
    expect((await logIn(ada.email, ada.password)).status).toBe(401);
    await edge.signIn({ ...ada, password: newPassword });
    const notice = await eventually('the notice', async () =>
      edge.peer.heard(PasswordChanged).find(({ value }) => value.customerId === ada.id),
    );
    expect(notice.value.how).toBe('reset');
  });

  test('works once, for an hour, and voids the other links', async () => {
    const ada = await edge.registerAndVerify();
    const first = await askAndReceive(ada);
    edge.advanceClock(cooldownMs);
    expect((await ask(ada.email)).status).toBe(202);
    const second = await edge.resetToken(ada.id, 2);
    expect((await reset(second)).status).toBe(204);
    for (const used of [first, second]) {
      expect(await reset(used)).toMatchObject({ status: 410, body: { code: 'reset-token-expired' } });
    }
    edge.advanceClock(cooldownMs);
    expect((await ask(ada.email)).status).toBe(202);
    const late = await edge.resetToken(ada.id, 3);
    edge.advanceClock(3_600_000);
    expect(await reset(late)).toMatchObject({ status: 410, body: { code: 'reset-token-expired' } });
    expect(await reset(randomUUID())).toMatchObject({ status: 404, body: { code: 'reset-token-unknown' } });
  });

  test('with one link ten times at once sets one password', async () => {
    const ada = await edge.registerAndVerify();
    const token = await askAndReceive(ada);
    const passwords = Array.from({ length: 10 }, (_, i) => `Difference-Engine-No-${i}`);
    const answers = await Promise.all(passwords.map((password) => reset(token, password)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(410)]);
    const winner = passwords[answers.findIndex(({ status }) => status === 204)]!;
    await edge.signIn({ ...ada, password: winner });
  });

  test('refuses a weak password without using up the link', async () => {
    const ada = await edge.registerAndVerify();
    const token = await askAndReceive(ada);
    for (const weak of ['short', '1Qaz2wsx3edc4rfv', 'Ada-Lovelace-1815']) {
      const { status, body } = await reset(token, weak);
      expect([status, body.errors]).toMatchObject([400, [{ pointer: '/newPassword' }]]);
    }
    expect((await reset(token)).status).toBe(204);
  });

  test('is void after the password was changed', async () => {
    const ada = await edge.registerAndVerify();
    const { accessToken } = await edge.signIn(ada);
    const token = await askAndReceive(ada);
    const changed = await edge.call('POST', '/v1/customers/me/password', {
      ...{ token: accessToken, body: { currentPassword: ada.password, newPassword } },
    });
    expect(changed.status).toBe(204);
    expect((await reset(token, 'Another-Engine-1840')).status).toBe(410);
  });

  test('lets an owner in whom an attack from everywhere has locked out', async () => {
    const ada = await edge.registerAndVerify();
    for (let i = 0; i < 10 * allowedFailures; i++) await logIn(ada.email, `a wrong password ${i}`);
    expect((await logIn(ada.email, ada.password)).status).toBe(429);
    const home = newAddress();
    const token = await askAndReceive(ada);
    expect((await reset(token, newPassword, home)).status).toBe(204);
    // The attack goes on, and locks the account again: for others.
    for (let i = 0; i < 10 * allowedFailures; i++) await logIn(ada.email, `another wrong one ${i}`);
    expect((await logIn(ada.email, newPassword)).status).toBe(429);
    expect((await logIn(ada.email, newPassword, home)).status).toBe(201);
  });

  test('is in the security log, and the token is nowhere but in the mail', async () => {
    const ada = await edge.registerAndVerify();
    const token = await askAndReceive(ada);
    expect((await reset(token)).status).toBe(204);
    expect((await reset(token)).status).toBe(410);
    const events = await eventually('the events', async () => {
      const path = `/v1/security-events?customerId=${ada.id}`;
      const { body } = await edge.call('GET', path, { token: admin });
      const names: string[] = body.data.map(({ event }: { event: string }) => event);
      return names.includes('password-reset.failed') ? names : undefined;
    });
    expect(events).toEqual(expect.arrayContaining(['password-reset.requested', 'password.reset']));
    const { rows } = await edge.pool.query(
      `SELECT (SELECT json_agg(r) FROM password_resets r WHERE customer_id = $1)::text
         || (SELECT json_agg(e) FROM security_events e WHERE customer_id = $1)::text AS stored`,
      [ada.id],
    );
    const messages = JSON.stringify(mailsFor(ada.id).map(({ value }) => value));
    expect(rows[0].stored).toContain(ada.id);
    expect(`${rows[0].stored}${messages}`).not.toContain(token);
  });
});

describe('asking for such a mail', () => {
  test('is answered alike for addresses that are known, not verified, or nobody’s', async () => {
    const [active, pending] = [await edge.registerAndVerify(), await edge.register()];
    const answersOf = async (email: string) => {
      const address = newAddress();
      const answers = [];
      for (let i = 0; i <= perDay; i++) {
        for (let twice = 0; twice < 2; twice++) {
          const { status, body, headers } = await ask(email, address);
          answers.push([status, body?.code, headers.has('retry-after')]);
        }
        edge.advanceClock(cooldownMs);
      }
      return answers;
    };
    const known = await answersOf(active.email);
    expect(known).toEqual([
      ...Array(perDay)
        .fill([
          [202, undefined, false],
          [429, 'mail-cooldown', true],
        ])
        .flat(),
      ...Array(2).fill([429, 'mail-daily-limit', true]),
    ]);
    expect(await answersOf(pending.email)).toEqual(known);
    expect(await answersOf('nobody@example.com')).toEqual(known);
    await edge.resetToken(active.id, perDay);
    expect(mailsFor(active.id)).toHaveLength(perDay);
    expect(mailsFor(pending.id)).toEqual([]);
  });

  test('from many networks fills no mailbox, and keeps its owner from nothing', async () => {
    const ada = await edge.registerAndVerify();
    const home = newAddress();
    const challenge = await logIn(ada.email, ada.password, home);
    const { challengeId } = challenge.body;
    const body = { code: await edge.code(challengeId) };
    await edge.call('POST', `/v1/sessions/${challengeId}/otp`, { body, ...from(home) });
    const codes: string[] = [];
    for (let i = 0; i < 3 * perDay + 1; i++) {
      const { status, body: refusal } = await ask(ada.email);
      codes.push(`${status} ${refusal?.code ?? ''}`);
      edge.advanceClock(cooldownMs);
    }
    expect(codes).toEqual([...Array(3 * perDay).fill('202 '), '429 mail-daily-limit']);
    expect((await ask(ada.email, home)).status).toBe(202);
  });
});

test('one network cannot fill the queue of the passwords', async () => {
  const ada = await edge.registerAndVerify();
  const attacker = newAddress();
  const flood = Promise.all(
    Array.from({ length: 60 }, (_, i) => logIn(`nobody-${i}@example.com`, 'some password', attacker)),
  );
  expect((await logIn(ada.email, ada.password)).status).toBe(201);
  const refused = (await flood).filter(({ status }) => status !== 401);
  expect(refused.length).toBeGreaterThan(0);
  for (const { status, body, headers } of refused) {
    expect([status, body.code, headers.get('retry-after')]).toEqual([429, 'rate-limited', '2']);
  }
});
