import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { applicationTypeResource } from '../../read-models/application-type.js';
import { defineRoute } from '../../route.js';
import { inForce, pageResponse } from '../replies.js';
import { applicationTypeSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'text' },
    code: { type: 'text' },
    version: { type: 'integer' },
    name: { type: 'text' },
    status: { type: 'text' },
    refusalReason: { type: 'text', nullable: true },
    createdAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listApplicationTypes = defineRoute({
  method: 'get',
  path: '/v1/application-types',
  operationId: 'listApplicationTypes',
  summary: 'List application types',
  description: 'The current version of each type; filter by `version` or `status` to see others.',
  tags: ['Applications'],
  access: 'signed-in',
  query: listSchema(spec, applicationTypeSchema),
  responses: pageResponse(applicationTypeSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: inForce(query, ['id', 'version'], { current: true }),
      prisma: await reads.listsFor(caller),
      find: (db, args) => db.applicationType.findMany(args),
      present: applicationTypeResource,
    }),
  }),
});
