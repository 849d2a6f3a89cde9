import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { representSecurityEvent, securityEventSchema } from './representations.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid', sortable: true },
    event: { type: 'text', sortable: true },
    outcome: { type: 'text' },
    reason: { type: 'text' },
    actor: { type: 'text', sortable: true },
    callerKind: { type: 'text' },
    subject: { type: 'text' },
    customerId: { type: 'uuid' },
    address: { type: 'text' },
    userAgent: { type: 'text' },
    requestId: { type: 'text' },
    traceId: { type: 'text' },
    occurrences: { type: 'integer' },
    occurredAt: { type: 'time', sortable: true },
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
  query: listSchema(spec),
  responses: pageResponse(securityEventSchema),
  handler: async ({ prisma }, { query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: [],
      find: (args) => prisma.securityEvent.findMany(args),
      present: representSecurityEvent,
    }),
  }),
});
