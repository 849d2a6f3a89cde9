import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { ownSecurityEventSchema, representOwnSecurityEvent } from './representations.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    event: { type: 'text' },
    outcome: { type: 'text' },
    reason: { type: 'text', nullable: true },
    callerKind: { type: 'text' },
    address: { type: 'text', nullable: true },
    userAgent: { type: 'text', nullable: true },
    occurrences: { type: 'integer' },
    occurredAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-occurredAt',
};

export const listOwnSecurityEvents = defineRoute({
  method: 'get',
  path: '/v1/customers/me/security-events',
  operationId: 'listOwnSecurityEvents',
  summary: 'What concerned the security of the customer who calls: logins, failed ones, ended sessions',
  tags: ['Identity'],
  access: 'customer',
  query: listSchema(spec, ownSecurityEventSchema),
  responses: pageResponse(ownSecurityEventSchema),
  handler: async ({ reads }, { caller, query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: [{ customerId: caller.customerId }],
      prisma: reads.primaryLists,
      find: (db, args) => db.securityEvent.findMany(args),
      present: representOwnSecurityEvent,
    }),
  }),
});
