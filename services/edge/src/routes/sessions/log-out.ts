import { endSession } from '../../auth/end-session.js';
import { defineRoute } from '../../route.js';

export const logOut = defineRoute({
  method: 'delete',
  path: '/v1/sessions/current',
  operationId: 'logOut',
  summary: 'Log out: end the session of this access token',
  tags: ['Identity'],
  access: 'customer',
  responses: { 204: { description: 'Logged out' } },
  async handler(context, request) {
    const { caller } = request;
    const session = { id: caller.sessionId, customerId: caller.customerId };
    await endSession(context, request, session, 'logout');
    return { status: 204 };
  },
});
