import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { transactionTypeResource } from '../../read-models/transaction-type.js';
import { defineRoute } from '../../route.js';
import { inForce, pageResponse } from '../replies.js';
import { transactionTypeSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    code: { type: 'text', sortable: true },
    name: { type: 'text', sortable: true },
    feeFlat: { type: 'money' },
    feeBasisPoints: { type: 'integer' },
    limitPerTransaction: { type: 'money' },
    limitDailyAmount: { type: 'money' },
    limitDailyCount: { type: 'integer' },
    status: { type: 'text' },
    createdAt: { type: 'time', sortable: true },
  },
  tie: 'code',
  defaultSort: '-createdAt',
};

export const listTransactionTypes = defineRoute({
  method: 'get',
  path: '/v1/transaction-types',
  operationId: 'listTransactionTypes',
  summary: 'List transaction types',
  tags: ['Transactions'],
  access: 'signed-in',
  query: listSchema(spec),
  responses: pageResponse(transactionTypeSchema),
  handler: async ({ prisma }, { query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: inForce(query, ['code'], { status: 'active' }),
      find: (args) => prisma.transactionType.findMany(args),
      present: transactionTypeResource,
    }),
  }),
});
