import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { transactionResource } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { transactionSchema } from '../resources.js';
import { visibleTransactions } from './visible-transactions.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    type: { type: 'text' },
    status: { type: 'text' },
    declineReason: { type: 'text', nullable: true },
    amount: { type: 'money' },
    fee: { type: 'money' },
    reversedAmount: { type: 'money' },
    currency: { type: 'text' },
    sourceWalletId: { type: 'uuid', nullable: true },
    destinationWalletId: { type: 'uuid', nullable: true },
    description: { type: 'text', nullable: true },
    createdAt: { type: 'time' },
    completedAt: { type: 'time', nullable: true },
    originKind: { type: 'text', nullable: true, path: 'origin.kind' },
    originId: { type: 'uuid', nullable: true, path: 'origin.id' },
    exchangeCurrency: { type: 'text', nullable: true, path: 'exchange.currency' },
    exchangeAmount: { type: 'money', nullable: true, path: 'exchange.amount' },
    exchangeRate: { type: 'text', nullable: true, path: 'exchange.rate' },
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
  query: listSchema(spec, transactionSchema),
  responses: pageResponse(transactionSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: visibleTransactions(caller),
      prisma: await reads.listsFor(caller),
      find: (db, args) => db.transaction.findMany(args),
      present: transactionResource,
    }),
  }),
});
