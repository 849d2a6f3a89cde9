import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IdentityFixture, type Registration } from './identity-fixture.js';

let edge: IdentityFixture;
let ada: Registration & { id: string };
beforeAll(async () => {
  edge = await IdentityFixture.create();
  ada = await edge.registerAndVerify();
});
afterAll(() => edge.close());

/** A code that differs from `code`. */
function otherThan(code: string): string {
  return code === '000000' ? '000001' : '000000';
}

describe('the password', () => {
  test('wrong or for nobody, the answer is the same', async () => {
    const attempts = [
      { email: ada.email, password: 'not the password' },
      { email: 'nobody@example.com', password: ada.password },
    ];
    const answers = await Promise.all(attempts.map((body) => edge.call('POST', '/v1/sessions', { body })));
    const [wrong, unknown] = answers.map(({ status, body: { traceId: _traceId, ...body } }) => ({
      status,
      body,
    }));
    expect(wrong).toEqual(unknown);
    expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid-credentials' } });
  });

  test('right, but the email is not verified', async () => {
    const customer = await edge.register();
    const right = await edge.call('POST', '/v1/sessions', {
      body: { email: customer.email, password: customer.password },
    });
    expect([right.status, right.body.code]).toEqual([403, 'email-not-verified']);
    const wrong = await edge.call('POST', '/v1/sessions', {
      body: { email: customer.email, password: 'not the password' },
    });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid-credentials']);
  });

  test('right: a challenge of five minutes, and no code in the answer', async () => {
    const { status, body } = await edge.call('POST', '/v1/sessions', {
      body: { email: ada.email.toUpperCase(), password: ada.password },
    });
    expect(status).toBe(201);
    expect(Object.keys(body).sort()).toEqual(['challengeId', 'channel', 'expiresAt']);
    expect(body.channel).toBe('sms');
    const remainingMs = Date.parse(body.expiresAt) - Date.now();
    expect(remainingMs).toBeGreaterThan(4 * 60_000);
    expect(remainingMs).toBeLessThanOrEqual(5 * 60_000);
  });
});

describe('the code', () => {
  test('signs in, once', async () => {
    const challengeId = await edge.challenge(ada);
    const code = await edge.code(challengeId);
    const wrong = await edge.answerChallenge(challengeId, otherThan(code));
    expect([wrong.status, wrong.body.code]).toEqual([401, 'otp-invalid']);
    const right = await edge.answerChallenge(challengeId, code);
    expect(right.status).toBe(200);
    expect(right.body).toMatchObject({
      accessToken: expect.stringMatching(/^v4\.public\./),
      refreshToken: expect.any(String),
      customer: { id: ada.id, status: 'active' },
    });
    const again = await edge.answerChallenge(challengeId, code);
    expect([again.status, again.body.code]).toEqual([410, 'otp-expired']);
  });

  test('given twice at once signs in once', async () => {
    const challengeId = await edge.challenge(ada);
    const code = await edge.code(challengeId);
    const answers = await Promise.all([1, 2, 3].map(() => edge.answerChallenge(challengeId, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
  });

  test('is worth nothing after five wrong attempts, made one by one or all at once', async () => {
    const challengeId = await edge.challenge(ada);
    const code = await edge.code(challengeId);
    const wrong = await Promise.all(
      Array.from({ length: 7 }, () => edge.answerChallenge(challengeId, otherThan(code))),
    );
    expect(wrong.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 401, 410, 410]);
    const right = await edge.answerChallenge(challengeId, code);
    expect([right.status, right.body.code]).toEqual([410, 'otp-attempts-exceeded']);
  });

  test('is worth nothing after five minutes', async () => {
    const challengeId = await edge.challenge(ada);
    const code = await edge.code(challengeId);
    edge.advanceClock(5 * 60_000);
    const late = await edge.answerChallenge(challengeId, code);
    expect([late.status, late.body.code]).toEqual([410, 'otp-expired']);
  });

  test('of a challenge is void as soon as there is a newer one', async () => {
    const [older, newer] = [await edge.challenge(ada), await edge.challenge(ada)];
    const late = await edge.answerChallenge(older, await edge.code(older));
    expect([late.status, late.body.code]).toEqual([410, 'otp-expired']);
    expect((await edge.answerChallenge(newer, await edge.code(newer))).status).toBe(200);
  });

  test('of one customer does not answer the challenge of another', async () => {
    const grace = await edge.registerAndVerify();
    const [one, other] = [await edge.challenge(ada), await edge.challenge(grace)];
    const codes = [await edge.code(one), await edge.code(other)];
    // One time in a million the two codes are equal by chance.
    if (codes[0] === codes[1]) return;
    expect((await edge.answerChallenge(other, codes[0]!)).status).toBe(401);
  });

  test.each(['12345', '1234567', 'abcdef', '١٢٣٤٥٦'])('must be six digits: %p', async (code) => {
    const { status, body } = await edge.answerChallenge(await edge.challenge(ada), code);
    expect([status, body.errors]).toMatchObject([400, [{ pointer: '/code' }]]);
  });

  test('is not readable in Redis', async () => {
    const challengeId = await edge.challenge(ada);
    const code = await edge.code(challengeId);
    const [key] = await edge.redis.keys(`*login-challenge:${challengeId}`);
    const stored = await edge.redis.hgetall(key!);
    expect(Object.keys(stored).sort()).toEqual(['attempts', 'codeHash', 'customerId', 'expiresAt']);
    expect(Object.values(stored)).not.toContain(code);
  });
});
