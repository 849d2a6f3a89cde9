import { type Authenticate, actorOf, NotAdmitted, Problem } from '@florin/http';
import type { Clock } from '@florin/observability';
import { originOf } from './origin.js';
import type { SecurityLog } from './security-log.js';

/** What our own keys and tokens begin with: anything else is a stray client, not an attempt. */
const ownToken = /^Bearer +(flk_|v4\.public\.)/i;

/** Takes note of whom `authenticate` refuses: keys and tokens that do not work, and callers who lack a scope. */
export function noteRefusedCallers(
  authenticate: Authenticate,
  { securityLog, clock }: { securityLog: SecurityLog; clock: Clock },
): Authenticate {
  return async (authorization, access, request) => {
    try {
      return await authenticate(authorization, access, request);
    } catch (error) {
      if (error instanceof Problem) note(error);
      throw error;
    }

    function note(problem: Problem): void {
      const common = {
        outcome: 'refused',
        reason: problem.code,
        detail: { method: request.method, route: request.route },
        origin: originOf(request),
        occurredAt: new Date(clock.now()),
      } as const;
      if (problem instanceof NotAdmitted) {
        const { caller } = problem;
        securityLog.note({
          ...common,
          event: 'authorization.failed',
          actor: actorOf(caller),
          ...(caller.kind === 'customer' && { customerId: caller.customerId }),
        });
      } else if (problem.status === 401 && ownToken.test(authorization ?? '')) {
        securityLog.note({ ...common, event: 'authentication.failed', actor: 'anonymous' });
      }
    }
  };
}
