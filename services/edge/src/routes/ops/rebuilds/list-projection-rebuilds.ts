import { listPage } from '../../../queries/list.js';
import { type ListSpec, listSchema } from '../../../queries/list-schema.js';
import { projectionRebuildResource } from '../../../read-models/projection-rebuild.js';
import { defineRoute } from '../../../route.js';
import { pageResponse } from '../../replies.js';
import { projectionRebuildSchema } from './schemas.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    carryOver: { type: 'boolean' },
    requestedBy: { type: 'text' },
    reason: { type: 'text', nullable: true },
    status: { type: 'text' },
    detail: { type: 'text' },
    recordsTotal: { type: 'money' },
    recordsRead: { type: 'money' },
    rowsRebuilt: { type: 'money' },
    rowsCarriedOver: { type: 'money' },
    createdAt: { type: 'time' },
    finishedAt: { type: 'time', nullable: true },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listProjectionRebuilds = defineRoute({
  method: 'get',
  path: '/ops/v1/projection-rebuilds',
  operationId: 'listProjectionRebuilds',
  summary: 'List rebuilds of read models',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: listSchema(spec, projectionRebuildSchema),
  responses: pageResponse(projectionRebuildSchema),
  handler: async ({ reads }, { query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: [],
      prisma: reads.primaryLists,
      find: (db, args) => db.projectionRebuild.findMany(args),
      present: projectionRebuildResource,
    }),
  }),
});
