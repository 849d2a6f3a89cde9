import { whereCompletedAhead } from '../../db/completed-ahead.js';
import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { stalledTransactionResource } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { stalledTransactionSchema } from '../resources.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    type: { type: 'text' },
    amount: { type: 'money' },
    currency: { type: 'text' },
    waitingFor: { type: 'text' },
    attempts: { type: 'integer', model: 'stallAttempts' },
    stalledSince: { type: 'time' },
    createdAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: 'stalledSince',
};

export const listStalledTransactions = defineRoute({
  method: 'get',
  path: '/ops/v1/stalled-transactions',
  operationId: 'listStalledTransactions',
  summary: 'List transactions whose outcome is overdue, the oldest first',
  description:
    'The ledger is asked again for those that wait for it; the others wait for the payment provider. A transfer may be among them ' +
    'whose caller was shown it as completed: it is posted, and what follows from that, such as mails, has not happened.',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: listSchema(spec, stalledTransactionSchema),
  responses: pageResponse(stalledTransactionSchema),
  handler: async ({ prisma }, { query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: [{ stalledSince: { not: null } }, { OR: [{ status: 'pending' }, whereCompletedAhead] }],
      prisma,
      find: (db, args) => db.transaction.findMany(args),
      present: stalledTransactionResource,
    }),
  }),
});
