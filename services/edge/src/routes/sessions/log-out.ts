import { revokeSession } from '../../db/revoke-session.js';
import { defineRoute } from '../../route.js';

export const logOut = defineRoute({
  method: 'delete',
  path: '/v1/sessions/current',
  operationId: 'logOut',
  summary: 'Log out: end the session of this access token',
  tags: ['Identity'],
  access: 'customer',
  responses: { 204: { description: 'Logged out' } },
  async handler({ database, revocations, clock }, { caller }) {
    const session = { id: caller.sessionId, customerId: caller.customerId };
    await revokeSession(database.pool, session, 'logout', clock.now());
    await revocations.announce([caller.sessionId]);
    return { status: 204 };
  },
});
