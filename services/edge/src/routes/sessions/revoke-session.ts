import { notFound } from '@florin/http';
import { endSession } from '../../auth/end-session.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';

export const revokeSession = defineRoute({
  method: 'delete',
  path: '/v1/sessions/{id}',
  operationId: 'revokeSession',
  summary: 'End one of the sessions of the caller',
  tags: ['Identity'],
  access: 'customer',
  params: idParams,
  responses: { 204: { description: 'Ended' }, 404: { description: '`not-found`' } },
  async handler(context, request) {
    const session = { id: request.params.id, customerId: request.caller.customerId };
    if (!(await endSession(context, request, session, 'revoked'))) throw notFound('session');
    return { status: 204 };
  },
});
