import { notFound, Problem, type RouteRequest, validationFailed } from '@florin/http';
import { z } from 'zod';
import { isCommonPassword } from '../../auth/common-passwords.js';
import type { EdgeContext } from '../../context.js';
import { type Credential, findCredential } from '../../db/find-credential.js';
import { replacePasswordHash } from '../../db/replace-password-hash.js';
import { revokeOtherSessions } from '../../db/revoke-other-sessions.js';
import { findPasswordWeakness, passwordMaxLength, passwordMinLength } from '../../domain/password-policy.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';
import { weaknessTexts } from './password-weakness.js';

export const changePassword = defineRoute({
  method: 'post',
  path: '/v1/customers/me/password',
  operationId: 'changePassword',
  summary: 'Change the own password; all other sessions end',
  tags: ['Identity'],
  access: 'customer',
  body: z.strictObject({
    currentPassword: z.string().max(2 * passwordMaxLength),
    newPassword: z.string().meta({
      minLength: passwordMinLength,
      maxLength: passwordMaxLength,
      example: 'violet umbrella 47 sails',
    }),
  }),
  responses: {
    204: { description: 'Changed' },
    403: { description: '`current-password-wrong`' },
    404: { description: '`not-found`: deleted at the same time' },
    429: { description: '`login-locked`: too many wrong passwords; `Retry-After` says for how long' },
  },
  async handler(context, request) {
    const { customerId, sessionId } = request.caller;
    const { database, passwords, revocations, loginChallenges, securityLog, clock } = context;
    const { currentPassword, newPassword } = request.body;
    const credential = await findCredential(database.pool, customerId);
    if (!credential) throw notFound('customer');
    // First the one that is not known to everybody who holds the access token.
    await requireCurrentPassword(context, request, { customerId, credential, password: currentPassword });
    refuseWeak(newPassword, currentPassword, credential);
    const next = await passwords.hash(newPassword);
    const ended = await database.transaction(async (tx) => {
      const now = clock.now();
      const change = { customerId, from: credential.passwordHash, to: next, now };
      if (!(await replacePasswordHash(tx, change))) throw currentPasswordWrong();
      // A login that began with the old password must not end with a session. Without Redis nothing changes at all.
      await loginChallenges.discard(customerId);
      const others = await revokeOtherSessions(tx, { customerId, keep: sessionId, now });
      const changed = ownEvent(customerId, {
        event: 'password.changed',
        subject: customerId,
        detail: { sessionsEnded: others.length },
      });
      await securityLog.record(tx, eventOf(request, context, changed));
      return others;
    });
    await revocations.announce(ended);
    return { status: 204 };
  },
});

async function requireCurrentPassword(
  context: EdgeContext,
  request: Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId'>,
  given: { customerId: string; credential: Credential; password: string },
): Promise<void> {
  const { passwords, loginGuard, securityLog } = context;
  const { customerId, credential, password } = given;
  // A stolen access token is no better place to guess than the login.
  const attempt = { email: credential.email, ip: request.ip };
  try {
    const matches = await passwords.matches(credential.passwordHash, password, {
      admit: () => loginGuard.admit(attempt),
      failed: () => loginGuard.failed(attempt),
    });
    if (!matches) throw currentPasswordWrong();
  } catch (error) {
    if (error instanceof Problem) {
      const failed = ownEvent(customerId, { event: 'password-change.failed', reason: error.code });
      securityLog.note(eventOf(request, context, { ...failed, outcome: 'refused' }));
    }
    throw error;
  }
  await loginGuard.succeeded(attempt);
}

function refuseWeak(password: string, current: string, owner: Credential): void {
  const weakness = findPasswordWeakness(password, owner, isCommonPassword);
  const detail =
    password === current ? 'must differ from the current one' : weakness && weaknessTexts[weakness];
  if (detail) throw validationFailed([{ pointer: '/newPassword', detail }]);
}

function currentPasswordWrong(): Problem {
  return new Problem(403, 'current-password-wrong', 'The current password is wrong.');
}
