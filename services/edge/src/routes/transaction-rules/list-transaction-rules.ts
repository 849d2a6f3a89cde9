import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { transactionRuleResource } from '../../read-models/transaction-rule.js';
import { defineRoute } from '../../route.js';
import { inForce, pageResponse } from '../replies.js';
import { transactionRuleSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    transactionType: { type: 'text' },
    sourceWalletType: { type: 'text' },
    destinationWalletType: { type: 'text' },
    status: { type: 'text' },
    createdAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listTransactionRules = defineRoute({
  method: 'get',
  path: '/v1/transaction-rules',
  operationId: 'listTransactionRules',
  summary: 'List beneficiary rules',
  tags: ['Transactions'],
  access: 'signed-in',
  query: listSchema(spec, transactionRuleSchema),
  responses: pageResponse(transactionRuleSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: inForce(query, ['id'], { status: 'active' }),
      prisma: await reads.listsFor(caller),
      find: (db, args) => db.transactionRule.findMany(args),
      present: transactionRuleResource,
    }),
  }),
});
