import { notFound } from '@florin/http';
import { revokeSession as revokeSessionRow } from '../../db/revoke-session.js';
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
  async handler({ database, revocations, clock }, { caller, params }) {
    const session = { id: params.id, customerId: caller.customerId };
    if (!(await revokeSessionRow(database.pool, session, 'revoked', clock.now()))) throw notFound('session');
    await revocations.announce([params.id]);
    return { status: 204 };
  },
});
