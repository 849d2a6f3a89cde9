import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { applicationResource } from '../../read-models/application.js';
import { defineRoute } from '../../route.js';
import { ownedBy, pageResponse } from '../replies.js';
import { applicationSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    type: { type: 'text' },
    version: { type: 'integer' },
    applicantId: { type: 'uuid' },
    status: { type: 'text' },
    decisionOutcome: { type: 'text', nullable: true, path: 'decision.outcome' },
    decisionReason: { type: 'text', nullable: true, path: 'decision.reason' },
    decidedBy: { type: 'text', nullable: true, path: 'decision.decidedBy' },
    createdAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listApplications = defineRoute({
  method: 'get',
  path: '/v1/applications',
  operationId: 'listApplications',
  summary: 'List applications',
  tags: ['Applications'],
  access: { customerOrScope: 'applications:read' },
  query: listSchema(spec, applicationSchema),
  responses: pageResponse(applicationSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: ownedBy(caller, (applicantId) => ({ applicantId })),
      prisma: await reads.listsFor(caller),
      find: (db, args) => db.application.findMany(args),
      present: applicationResource,
    }),
  }),
});
