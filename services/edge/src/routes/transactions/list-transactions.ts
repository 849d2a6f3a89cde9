import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { transactionResource } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { transactionSchema } from '../resources.js';
import { visibleTransactions } from './visible-transactions.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid', sortable: true },
    type: { type: 'text' },
    status: { type: 'text' },
    declineReason: { type: 'text' },
    amount: { type: 'money', sortable: true },
    fee: { type: 'money' },
    currency: { type: 'text' },
    sourceWalletId: { type: 'uuid' },
    destinationWalletId: { type: 'uuid' },
    description: { type: 'text' },
    createdAt: { type: 'time', sortable: true },
    completedAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listTransactions = defineRoute({
  method: 'get',
  path: '/v1/transactions',
  operationId: 'listTransactions',
  summary: 'List transactions',
  tags: ['Transactions'],
  access: { customerOrScope: 'transactions:read' },
  query: listSchema(spec),
  responses: pageResponse(transactionSchema),
  handler: async ({ prisma }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: visibleTransactions(caller),
      find: (args) => prisma.transaction.findMany(args),
      present: transactionResource,
    }),
  }),
});
