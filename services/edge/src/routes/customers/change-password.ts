import { PasswordChanged } from '@florin/contracts';
import { notFound, type RouteRequest, validationFailed } from '@florin/http';
import { z } from 'zod';
import { isCommonPassword } from '../../auth/common-passwords.js';
import type { EdgeContext } from '../../context.js';
import { type Credential, findCredential } from '../../db/find-credential.js';
import { lockCustomerVersion } from '../../db/lock-customer-version.js';
import { replacePasswordHash } from '../../db/replace-password-hash.js';
import { revokeSessions } from '../../db/revoke-sessions.js';
import { voidContactChanges } from '../../db/void-contact-changes.js';
import { voidPasswordResets } from '../../db/void-password-resets.js';
import { findPasswordWeakness, passwordMaxLength, passwordMinLength } from '../../domain/password-policy.js';
import { defineRoute } from '../../route.js';
import { eventOf, ownEvent } from '../../security/event-of.js';
import { weaknessTexts } from './password-weakness.js';
import { currentPasswordWrong, requireCurrentPassword } from './require-current-password.js';

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
    204: { description: 'Changed; a mail says so' },
    403: { description: '`current-password-wrong`' },
    404: { description: '`not-found`: deleted at the same time' },
    429: { description: '`login-locked`: too many wrong passwords; `Retry-After` says for how long' },
  },
  async handler(context, request) {
    const { customerId } = request.caller;
    const { currentPassword, newPassword } = request.body;
    const credential = await findCredential(context.database.pool, customerId);
    if (!credential) throw notFound('customer');
    // First the one that is not known to everybody who holds the access token.
    await requireCurrentPassword(context, request, {
      ...{ customerId, credential, password: currentPassword, event: 'password-change.failed' },
    });
    refuseWeak(newPassword, currentPassword, credential);
    const next = await context.passwords.hash(newPassword, request.ip);
    const { sessionId } = request.caller;
    const change = { customerId, sessionId, from: credential.passwordHash, to: next };
    await context.revocations.announce(await replace(context, request, change));
    return { status: 204 };
  },
});

/** Returns the sessions that have ended. */
async function replace(
  context: EdgeContext,
  request: Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId' | 'traceparent'>,
  change: { customerId: string; sessionId: string; from: string; to: string },
): Promise<readonly string[]> {
  const { messaging, loginChallenges, securityLog, clock } = context;
  const { customerId, sessionId } = change;
  return messaging.transaction(async (unit) => {
    const { tx } = unit;
    const now = clock.now();
    const version = await lockCustomerVersion(tx, customerId);
    if (version === undefined) throw notFound('customer');
    if (!(await replacePasswordHash(tx, { ...change, now }))) throw currentPasswordWrong();
    await voidPasswordResets(tx, customerId, now);
    await voidContactChanges(tx, customerId);
    // A login that began with the old password must not end with a session. Without Redis nothing changes at all.
    await loginChallenges.discard(customerId);
    const reason = 'password-changed';
    const others = await revokeSessions(tx, { customerId, keep: sessionId, reason, now });
    const detail = { sessionsEnded: others.length };
    const changed = ownEvent(customerId, { event: 'password.changed', subject: customerId, detail });
    await securityLog.record(tx, eventOf(request, context, changed));
    const { traceparent } = request;
    const options = { actor: `customer:${customerId}`, aggregateVersion: version, traceparent };
    unit.send(PasswordChanged, customerId, { customerId, how: 'changed', changedAt: now }, options);
    context.keepAnswer(tx, { status: 204 }, customerId);
    return others;
  });
}

function refuseWeak(password: string, current: string, owner: Credential): void {
  const weakness = findPasswordWeakness(password, owner, isCommonPassword);
  const detail =
    password === current ? 'Must differ from the current one.' : weakness && weaknessTexts[weakness];
  if (detail) throw validationFailed([{ pointer: '/newPassword', detail }]);
}
