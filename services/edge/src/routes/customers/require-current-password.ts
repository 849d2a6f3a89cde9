import { Problem, type RouteRequest } from '@florin/http';
import type { EdgeContext } from '../../context.js';
import type { Credential } from '../../db/find-credential.js';
import type { SecurityEventName } from '../../domain/security-event.js';
import { eventOf, ownEvent } from '../../security/event-of.js';

/**
 * Asks for the password again before a means of authentication is changed: an access token may be stolen. It is no better
 * place to guess than the login, so the same guard counts.
 * @param given.event noted in the security log when it is refused
 * @throws Problem 403 `current-password-wrong`, 429 `login-locked`
 */
export async function requireCurrentPassword(
  context: EdgeContext,
  request: Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId'>,
  given: { customerId: string; credential: Credential; password: string; event: SecurityEventName },
): Promise<void> {
  const { passwords, loginGuard, securityLog } = context;
  const { customerId, credential, password, event } = given;
  const attempt = { email: credential.email, ip: request.ip };
  try {
    const matches = await passwords.matches(credential.passwordHash, password, {
      ip: request.ip,
      admit: () => loginGuard.admit(attempt),
      failed: () => loginGuard.failed(attempt),
    });
    if (!matches) throw currentPasswordWrong();
  } catch (error) {
    if (error instanceof Problem) {
      const failed = ownEvent(customerId, { event, reason: error.code });
      securityLog.note(eventOf(request, context, { ...failed, outcome: 'refused' }));
    }
    throw error;
  }
  await loginGuard.succeeded(attempt);
}

export function currentPasswordWrong(): Problem {
  return new Problem(403, 'current-password-wrong', 'The current password is wrong.');
}
