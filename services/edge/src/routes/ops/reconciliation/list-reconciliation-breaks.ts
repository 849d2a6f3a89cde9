import { listPage } from '../../../queries/list.js';
import { type ListSpec, listSchema } from '../../../queries/list-schema.js';
import { reconciliationBreakResource } from '../../../read-models/reconciliation-break.js';
import { defineRoute } from '../../../route.js';
import { pageResponse } from '../../replies.js';
import { reconciliationBreakSchema } from './schemas.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    settlementFileId: { type: 'uuid' },
    lineNumber: { type: 'integer', nullable: true },
    kind: { type: 'text' },
    paymentKind: { type: 'text' },
    paymentId: { type: 'text', nullable: true },
    reference: { type: 'text', nullable: true },
    transactionId: { type: 'uuid', nullable: true },
    currency: { type: 'text' },
    providerAmount: { type: 'money', nullable: true },
    ourAmount: { type: 'money', nullable: true },
    providerStatus: { type: 'text', nullable: true },
    ourStatus: { type: 'text', nullable: true },
    status: { type: 'text' },
    resolution: { type: 'text', nullable: true },
    reason: { type: 'text', nullable: true },
    adjustmentTransactionId: { type: 'uuid', nullable: true },
    refusalReason: { type: 'text', nullable: true },
    proposedBy: { type: 'text', nullable: true },
    approvedBy: { type: 'text', nullable: true },
    version: { type: 'money' },
    foundAt: { type: 'time' },
    resolvedAt: { type: 'time', nullable: true },
  },
  tie: 'id',
  defaultSort: '-foundAt',
};

export const listReconciliationBreaks = defineRoute({
  method: 'get',
  path: '/ops/v1/reconciliation-breaks',
  operationId: 'listReconciliationBreaks',
  summary: 'List differences with the payment provider, newest first',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: listSchema(spec, reconciliationBreakSchema),
  responses: pageResponse(reconciliationBreakSchema),
  handler: async ({ reads }, { query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: [],
      prisma: reads.primaryLists,
      find: (db, args) => db.reconciliationBreak.findMany(args),
      present: reconciliationBreakResource,
    }),
  }),
});
