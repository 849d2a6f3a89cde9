import { LoginChallengeIssued } from '@florin/contracts';
import { Problem, type RouteReply, type RouteRequest } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { sendRefused } from '../../auth/send-allowance.js';
import type { EdgeContext } from '../../context.js';
import { findLogin, type Login } from '../../db/find-login.js';
import { replacePasswordHash } from '../../db/replace-password-hash.js';
import { otpTtlMs } from '../../domain/otp.js';
import { passwordMaxLength } from '../../domain/password-policy.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';

export const logIn = defineRoute({
  method: 'post',
  path: '/v1/sessions',
  operationId: 'logIn',
  summary: 'Log in with the password; a one-time code follows by SMS',
  tags: ['Identity'],
  access: 'public',
  body: z.strictObject({
    // Not checked for form: a malformed address is just an unknown one.
    email: z.string().max(254).toLowerCase(),
    // A character takes up to two UTF-16 units.
    password: z.string().max(2 * passwordMaxLength),
  }),
  responses: {
    201: {
      description: 'The password is right; answer the challenge with the code',
      schema: z.object({ challengeId: z.uuid(), channel: z.literal('sms'), expiresAt: z.iso.datetime() }),
    },
    401: { description: '`invalid-credentials`: the same for an unknown email and a wrong password' },
    403: { description: '`email-not-verified`' },
    429: {
      description:
        '`login-locked`: too many wrong passwords; `otp-cooldown`, `otp-daily-limit`: too many codes to this phone. `Retry-After` says for how long.',
    },
  },
  async handler(context, request) {
    const { database, securityLog } = context;
    const login = await findLogin(database.pool, request.body.email);
    try {
      return await challenge(context, request, login);
    } catch (error) {
      if (error instanceof Problem) {
        const concerned = login && { subject: login.customerId, customerId: login.customerId };
        const event = { event: 'login.failed', outcome: 'refused', actor: 'anonymous' } as const;
        securityLog.note(eventOf(request, context, { ...event, reason: error.code, ...concerned }));
      }
      throw error;
    }
  },
});

type LoginRequest = Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId' | 'traceparent'> & {
  readonly body: { readonly email: string; readonly password: string };
};

/** @throws Problem when the password is wrong or no code may be sent */
async function challenge(context: EdgeContext, request: LoginRequest, login: Login | undefined) {
  const { passwords, loginGuard, otpAllowance, loginChallenges, secrets, messaging } = context;
  const { email, password } = request.body;
  const attempt = { email, ip: request.ip };
  const matches = await passwords.matches(login?.passwordHash, password, {
    ip: request.ip,
    admit: () => loginGuard.admit(attempt),
    failed: () => loginGuard.failed(attempt),
  });
  if (!login || !matches) {
    throw new Problem(401, 'invalid-credentials', 'The email or the password is wrong.');
  }
  await loginGuard.succeeded(attempt);
  await rehash(context, login, password, request.ip);
  // Only who knows the password learns this, so it does not tell strangers who is registered.
  if (login.status !== 'active') {
    throw new Problem(403, 'email-not-verified', 'Verify the email address first.');
  }
  const allowance = await otpAllowance.take(login.phone);
  if (allowance.kind !== 'granted') throw sendRefused('otp', allowance);
  const { customerId, phone } = login;
  const challengeId = uuidv7();
  const { code, expiresAt } = await loginChallenges.create(challengeId, customerId);
  const secretRef = await secrets.seal(code, otpTtlMs / 1_000);
  const reply: RouteReply = {
    status: 201,
    body: { challengeId, channel: 'sms', expiresAt: new Date(expiresAt).toISOString() },
  };
  await messaging.transaction(async (unit) => {
    const challenged = ownEvent(customerId, { event: 'login.challenged', subject: challengeId });
    await context.securityLog.record(unit.tx, eventOf(request, context, challenged));
    unit.send(
      LoginChallengeIssued,
      customerId,
      { customerId, challengeId, phone, secretRef, expiresAt },
      { actor: `customer:${customerId}`, traceparent: request.traceparent },
    );
    context.keepAnswer(unit.tx, reply, customerId);
  });
  return reply;
}

/** The password is at hand only now: a hash of older parameters is replaced by one of today's. */
async function rehash(
  { database, passwords, clock }: EdgeContext,
  { customerId, passwordHash }: Login,
  password: string,
  ip: string,
): Promise<void> {
  if (!passwords.isOutdated(passwordHash)) return;
  const next = await passwords.hash(password, ip);
  await replacePasswordHash(database.pool, { customerId, from: passwordHash, to: next, now: clock.now() });
}
