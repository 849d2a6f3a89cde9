import type { RouteRequest } from '@florin/http';
import type { EdgeContext } from '../context.js';
import { revokeSession } from '../db/revoke-session.js';
import { eventOf, ownEvent } from '../security/event-of.js';

/** Ends a session of a customer and tells every instance; false when there is no such open session. */
export async function endSession(
  context: Pick<EdgeContext, 'database' | 'revocations' | 'securityLog' | 'clock'>,
  request: Pick<RouteRequest, 'ip' | 'headers' | 'requestId' | 'traceId'>,
  session: { readonly id: string; readonly customerId: string },
  reason: 'logout' | 'revoked',
): Promise<boolean> {
  const ended = await context.database.transaction(async (tx) => {
    if (!(await revokeSession(tx, session, reason, context.clock.now()))) return false;
    const event = ownEvent(session.customerId, { event: 'session.ended', subject: session.id, reason });
    await context.securityLog.record(tx, eventOf(request, context, event));
    return true;
  });
  if (ended) await context.revocations.announce([session.id]);
  return ended;
}
