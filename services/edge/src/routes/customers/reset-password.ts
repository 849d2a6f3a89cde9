import { PasswordChanged } from '@florin/contracts';
import { Problem, type RouteRequest, validationFailed } from '@florin/http';
import { z } from 'zod';
import { isCommonPassword } from '../../auth/common-passwords.js';
import { hashToken } from '../../auth/one-time-token.js';
import type { EdgeContext } from '../../context.js';
import { findPasswordReset, type PasswordReset } from '../../db/find-password-reset.js';
import { lockCustomerVersion } from '../../db/lock-customer-version.js';
import { revokeSessions } from '../../db/revoke-sessions.js';
import { usePasswordReset } from '../../db/use-password-reset.js';
import { voidContactChanges } from '../../db/void-contact-changes.js';
import { voidPasswordResets } from '../../db/void-password-resets.js';
import { findPasswordWeakness, passwordMaxLength, passwordMinLength } from '../../domain/password-policy.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';
import { weaknessTexts } from './password-weakness.js';

export const resetPassword = defineRoute({
  method: 'post',
  path: '/v1/customers/password-reset/confirm',
  operationId: 'resetPassword',
  summary: 'Set a new password with the token of the mail; all sessions end',
  description:
    'Ends all sessions with their refresh tokens, logins that have begun, and every other link that was mailed. It signs nobody in: a login with the new password and the code of the SMS follows.',
  tags: ['Identity'],
  access: 'public',
  body: z.strictObject({
    token: z.string().min(1).max(200),
    newPassword: z.string().meta({
      minLength: passwordMinLength,
      maxLength: passwordMaxLength,
      example: 'violet umbrella 47 sails',
    }),
  }),
  responses: {
    204: { description: 'The password is the new one' },
    404: { description: '`reset-token-unknown`' },
    410: { description: '`reset-token-expired`: its hour is over, or the password was changed since' },
  },
  async handler(context, request) {
    const { token, newPassword } = request.body;
    const tokenHash = hashToken(token);
    const reset = await findUsable(context, request, tokenHash);
    const weakness = findPasswordWeakness(newPassword, reset, isCommonPassword);
    if (weakness) throw validationFailed([{ pointer: '/newPassword', detail: weaknessTexts[weakness] }]);
    const passwordHash = await context.passwords.hash(newPassword, request.ip);
    const ended = await replace(context, request, { reset, tokenHash, passwordHash });
    if (!ended) throw refused(context, request, 'reset-token-expired', reset.customerId);
    await context.revocations.announce(ended);
    await context.loginGuard.recovered({ email: reset.email, ip: request.ip });
    return { status: 204 };
  },
});

type Origin = Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId' | 'traceparent'>;

/** Looked at before the costly hash, which must not be for free for whoever sends any token. */
async function findUsable(context: EdgeContext, request: Origin, tokenHash: Buffer): Promise<PasswordReset> {
  const reset = await findPasswordReset(context.database.pool, tokenHash);
  if (!reset) throw refused(context, request, 'reset-token-unknown');
  if (reset.used || reset.expiresAt <= context.clock.now()) {
    throw refused(context, request, 'reset-token-expired', reset.customerId);
  }
  return reset;
}

/** Returns the sessions that have ended; undefined when the link was used meanwhile. */
async function replace(
  context: EdgeContext,
  request: Origin,
  change: { reset: PasswordReset; tokenHash: Buffer; passwordHash: string },
): Promise<readonly string[] | undefined> {
  const { messaging, clock, loginChallenges, securityLog } = context;
  const { customerId } = change.reset;
  return messaging.transaction(async (unit) => {
    const { tx } = unit;
    const now = clock.now();
    const version = await lockCustomerVersion(tx, customerId);
    const { tokenHash, passwordHash } = change;
    if (
      version === undefined ||
      !(await usePasswordReset(tx, { customerId, tokenHash, passwordHash, now }))
    ) {
      return undefined;
    }
    await voidPasswordResets(tx, customerId, now);
    await voidContactChanges(tx, customerId);
    // A login that began with the old password must not end with a session. Without Redis nothing changes at all.
    await loginChallenges.discard(customerId);
    const ended = await revokeSessions(tx, { customerId, reason: 'password-reset', now });
    const detail = { sessionsEnded: ended.length };
    await securityLog.record(
      tx,
      eventOf(
        request,
        context,
        ownEvent(customerId, { event: 'password.reset', subject: customerId, detail }),
      ),
    );
    const options = {
      actor: `customer:${customerId}`,
      aggregateVersion: version,
      traceparent: request.traceparent,
    };
    unit.send(PasswordChanged, customerId, { customerId, how: 'reset', changedAt: now }, options);
    context.keepAnswer(tx, { status: 204 }, customerId);
    return ended;
  });
}

function refused(
  context: EdgeContext,
  request: Origin,
  code: 'reset-token-unknown' | 'reset-token-expired',
  customerId?: string,
): Problem {
  const failed = { event: 'password-reset.failed', outcome: 'refused', actor: 'anonymous' } as const;
  const concerned = customerId === undefined ? {} : { subject: customerId, customerId };
  context.securityLog.note(eventOf(request, context, { ...failed, reason: code, ...concerned }));
  return code === 'reset-token-unknown'
    ? new Problem(404, code, 'This link to set a new password is not valid.')
    : new Problem(410, code, 'This link to set a new password does not work any more; ask for another one.');
}
