import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { representSecurityEvent, securityEventSchema } from './representations.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    event: { type: 'text' },
    outcome: { type: 'text' },
    reason: { type: 'text', nullable: true },
    actor: { type: 'text' },
    callerKind: { type: 'text' },
    subject: { type: 'text', nullable: true },
    customerId: { type: 'uuid', nullable: true },
    address: { type: 'text', nullable: true },
    userAgent: { type: 'text', nullable: true },
    requestId: { type: 'text', nullable: true },
    traceId: { type: 'text', nullable: true },
    occurrences: { type: 'integer' },
    occurredAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-occurredAt',
};

export const listSecurityEvents = defineRoute({
  method: 'get',
  path: '/v1/security-events',
  operationId: 'listSecurityEvents',
  summary: 'Who signed in or tried to, was refused, or changed keys: who, what, when, from where',
  tags: ['Security'],
  access: { scope: 'security-events:read' },
  query: listSchema(spec, securityEventSchema),
  responses: pageResponse(securityEventSchema),
  handler: async ({ reads }, { query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: [],
      prisma: reads.primaryLists,
      find: (db, args) => db.securityEvent.findMany(args),
      present: representSecurityEvent,
    }),
  }),
});
