import { listPage } from '../../../queries/list.js';
import { type ListSpec, listSchema } from '../../../queries/list-schema.js';
import { settlementFileResource } from '../../../read-models/settlement-file.js';
import { defineRoute } from '../../../route.js';
import { pageResponse } from '../../replies.js';
import { settlementFileSchema } from './schemas.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    fileId: { type: 'text', model: 'externalId' },
    settlementDate: { type: 'text' },
    status: { type: 'text' },
    reason: { type: 'text', nullable: true, model: 'refusalReason' },
    lineCount: { type: 'money' },
    matchedCount: { type: 'money' },
    breakCount: { type: 'money' },
    importedBy: { type: 'text', nullable: true },
    createdAt: { type: 'time' },
    importedAt: { type: 'time', nullable: true },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listSettlementFiles = defineRoute({
  method: 'get',
  path: '/ops/v1/settlement-files',
  operationId: 'listSettlementFiles',
  summary: 'List settlement files, newest first',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: listSchema(spec, settlementFileSchema),
  responses: pageResponse(settlementFileSchema),
  handler: async ({ reads }, { query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: [],
      prisma: reads.primaryLists,
      find: (db, args) => db.settlementFile.findMany(args),
      present: settlementFileResource,
    }),
  }),
});
