import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { transactionTypeResource } from '../../read-models/transaction-type.js';
import { defineRoute } from '../../route.js';
import { inForce, pageResponse } from '../replies.js';
import { transactionTypeSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'text' },
    code: { type: 'text' },
    version: { type: 'integer' },
    name: { type: 'text' },
    feeFlat: { type: 'money', path: 'fee.flat' },
    feeBasisPoints: { type: 'integer', path: 'fee.basisPoints' },
    limitPerTransaction: { type: 'money', nullable: true, path: 'limits.perTransaction' },
    limitDailyAmount: { type: 'money', nullable: true, path: 'limits.dailyAmount' },
    limitDailyCount: { type: 'integer', nullable: true, path: 'limits.dailyCount' },
    status: { type: 'text' },
    createdAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listTransactionTypes = defineRoute({
  method: 'get',
  path: '/v1/transaction-types',
  operationId: 'listTransactionTypes',
  summary: 'List transaction types',
  description: 'The current version of each type; filter by `version` or `status` to see others.',
  tags: ['Transactions'],
  access: 'signed-in',
  query: listSchema(spec, transactionTypeSchema),
  responses: pageResponse(transactionTypeSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: inForce(query, ['id', 'version'], { current: true }),
      prisma: await reads.listsFor(caller),
      find: (db, args) => db.transactionType.findMany(args),
      present: transactionTypeResource,
    }),
  }),
});
