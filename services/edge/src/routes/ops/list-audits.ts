import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { operatorActionResource } from '../../read-models/operator-action.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { operatorActionSchema } from './schemas.js';

const spec: ListSpec = {
  fields: {
    sequence: { type: 'money' },
    id: { type: 'uuid' },
    actor: { type: 'text' },
    action: { type: 'text' },
    subject: { type: 'text' },
    reason: { type: 'text', nullable: true },
    occurredAt: { type: 'time' },
  },
  tie: 'sequence',
  defaultSort: '-sequence',
};

export const listAudits = defineRoute({
  method: 'get',
  path: '/ops/v1/audits',
  operationId: 'listAudits',
  summary: 'Who did what with dead letters, when and why',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: listSchema(spec, operatorActionSchema),
  responses: pageResponse(operatorActionSchema),
  handler: async ({ reads }, { query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: [],
      prisma: reads.primaryLists,
      find: (db, args) => db.operatorAction.findMany(args),
      present: operatorActionResource,
    }),
  }),
});
