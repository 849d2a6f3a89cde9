import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { scheduledTransferResource } from '../../read-models/scheduled-transfer.js';
import { defineRoute } from '../../route.js';
import { ownedBy, pageResponse } from '../replies.js';
import { scheduledTransferSchema } from './schemas.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    type: { type: 'text' },
    status: { type: 'text' },
    endReason: { type: 'text', nullable: true },
    sourceWalletId: { type: 'uuid' },
    destinationWalletId: { type: 'uuid' },
    amount: { type: 'money' },
    currency: { type: 'text' },
    description: { type: 'text', nullable: true },
    runAt: { type: 'time', nullable: true },
    cron: { type: 'text', nullable: true },
    timeZone: { type: 'text', nullable: true },
    endsAt: { type: 'time', nullable: true },
    missedRunPolicy: { type: 'text' },
    nextRunAt: { type: 'time', nullable: true },
    createdAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listScheduledTransfers = defineRoute({
  method: 'get',
  path: '/v1/scheduled-transfers',
  operationId: 'listScheduledTransfers',
  summary: 'List scheduled transfers',
  tags: ['Transactions'],
  access: { customerOrScope: 'scheduled-transfers:read' },
  query: listSchema(spec, scheduledTransferSchema),
  responses: pageResponse(scheduledTransferSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: ownedBy(caller, (ownerId) => ({ ownerId })),
      prisma: await reads.for(caller),
      find: (db, args) => db.scheduledTransfer.findMany(args),
      present: scheduledTransferResource,
    }),
  }),
});
