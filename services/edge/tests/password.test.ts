import { EmailVerificationRequested, PasswordChanged } from '@florin/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/story/eventually.js';
import { IdentityFixture } from './identity-fixture.js';

const allowedFailures = 3;
const perDay = 3;

let edge: IdentityFixture;
beforeAll(async () => {
  edge = await IdentityFixture.create({
    LOGIN_FAILURES_ALLOWED: String(allowedFailures),
    MAIL_COOLDOWN_SECONDS: '60',
    MAIL_PER_DAY: String(perDay),
  });
}, 180_000);
afterAll(() => edge.close());

const newPassword = 'Difference-Engine-1822';
const change = (token: string, currentPassword: string, next = newPassword) =>
  edge.call('POST', '/v1/customers/me/password', { token, body: { currentPassword, newPassword: next } });
const me = async (token: string) => (await edge.call('GET', '/v1/customers/me', { token })).status;

describe('changing the password', () => {
  test('ends all other sessions and voids a login that has begun', async () => {
    const grace = { ...(await edge.registerAndVerify()), fullName: 'Grace' };
    const [here, elsewhere] = [await edge.signIn(grace), await edge.signIn(grace)];
    expect(await me(elsewhere.accessToken)).toBe(200);
    const begun = await edge.challenge(grace);
    const code = await edge.code(begun);
    expect((await change(here.accessToken, grace.password)).status).toBe(204);
    expect(await me(here.accessToken)).toBe(200);
    expect(await me(elsewhere.accessToken)).toBe(401);
    const refresh = (refreshToken: string) =>
      edge.call('POST', '/v1/sessions/refresh', { body: { refreshToken } });
    expect((await refresh(elsewhere.refreshToken)).status).toBe(401);
    expect((await refresh(here.refreshToken)).status).toBe(200);
    expect((await edge.answerChallenge(begun, code)).status).toBe(410);
    const old = await edge.call('POST', '/v1/sessions', {
      body: { email: grace.email, password: grace.password },
    });
    expect(old.status).toBe(401);
    await edge.signIn({ ...grace, password: newPassword });
    const { body } = await edge.call('GET', '/v1/customers/me/security-events?event=password.changed', {
      token: here.accessToken,
    });
    expect(body.data).toHaveLength(1);
    const notice = await eventually('the notice', async () =>
      edge.peer.heard(PasswordChanged).find(({ value }) => value.customerId === grace.id),
    );
    expect(notice.value.how).toBe('changed');
  });

  test('needs the current one, and is no better place to guess it than the login', async () => {
    const ada = await edge.registerAndVerify();
    const { accessToken } = await edge.signIn(ada);
    const answers = [];
    for (let i = 0; i <= allowedFailures; i++)
      answers.push(await change(accessToken, `a wrong password ${i}`));
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
      ...Array(allowedFailures).fill('403 current-password-wrong'),
      '429 login-locked',
    ]);
    expect((await change(accessToken, ada.password)).status).toBe(429);
    edge.advanceClock(60_000);
    expect((await change(accessToken, ada.password)).status).toBe(204);
  });

  test.each([
    ['short', 'short'],
    ['breached', '1Qaz2wsx3edc4rfv'],
    ['the own name', 'Ada-Lovelace-1815'],
    ['the current one', 'Analytical-Engine-1843'],
  ])('refuses one that is %s', async (_what, next) => {
    const ada = await edge.registerAndVerify();
    const { accessToken } = await edge.signIn(ada);
    const { status, body } = await change(accessToken, ada.password, next);
    expect([status, body.errors]).toMatchObject([400, [{ pointer: '/newPassword' }]]);
  });

  test('twice at once changes it once', async () => {
    const ada = await edge.registerAndVerify();
    const { accessToken } = await edge.signIn(ada);
    const answers = await Promise.all([
      change(accessToken, ada.password, 'Difference-Engine-One'),
      change(accessToken, ada.password, 'Difference-Engine-Two'),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 403]);
  });
});

describe('the verification mail', () => {
  const resend = (email: string) =>
    edge.call('POST', '/v1/customers/verify-email/resend', { body: { email } });
  const mailsTo = (email: string) =>
    edge.peer.heard(EmailVerificationRequested).filter(({ value }) => value.email === email);

  test('is sent once more, and both links work', async () => {
    const ada = await edge.register();
    const first = await edge.verificationToken(ada.id);
    expect((await resend(ada.email)).status).toBe(202);
    await eventually('a second mail', async () => (mailsTo(ada.email).length === 2 ? true : undefined));
    const verified = await edge.call('POST', '/v1/customers/verify-email', { body: { token: first } });
    expect(verified.status).toBe(200);
  });

  test('is asked for with the same answers for addresses that are known, verified or nobody’s', async () => {
    const [pending, active] = [await edge.register(), await edge.registerAndVerify()];
    const nobody = 'nobody@example.com';
    const answersOf = async (email: string) => {
      const answers = [];
      for (let i = 0; i < perDay; i++) {
        const { status, body } = await resend(email);
        answers.push([status, body]);
        const tooSoon = await resend(email);
        answers.push([tooSoon.status, tooSoon.body.code, tooSoon.headers.has('retry-after')]);
        edge.advanceClock(60_000);
      }
      const tooMany = await resend(email);
      return [...answers, [tooMany.status, tooMany.body.code]];
    };
    const known = await answersOf(pending.email);
    expect(known).toEqual([
      ...Array(perDay)
        .fill([
          [202, undefined],
          [429, 'mail-cooldown', true],
        ])
        .flat(),
      [429, 'mail-daily-limit'],
    ]);
    expect(await answersOf(active.email)).toEqual(known);
    expect(await answersOf(nobody)).toEqual(known);
    expect(mailsTo(nobody)).toEqual([]);
    expect(mailsTo(active.email)).toHaveLength(1);
  });
});
