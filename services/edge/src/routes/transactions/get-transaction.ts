import { notFound } from '@florin/http';
import { transactionResource, viewersOf } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { maySee, oneResponse } from '../replies.js';
import { transactionSchema } from '../resources.js';

export const getTransaction = defineRoute({
  method: 'get',
  path: '/v1/transactions/{id}',
  operationId: 'getTransaction',
  summary: 'Get a transaction',
  tags: ['Transactions'],
  access: { customerOrScope: 'transactions:read' },
  params: idParams,
  responses: oneResponse(transactionSchema),
  handler: async ({ readCache }, { params: { id }, caller }) => {
    const found = await readCache.find({ kind: 'transaction', id }, caller, async (prisma) => {
      const transaction = await prisma.transaction.findUnique({ where: { id } });
      return transaction
        ? { viewers: viewersOf(transaction), resource: transactionResource(transaction) }
        : undefined;
    });
    if (!found || !maySee(caller, found.viewers)) throw notFound('transaction');
    return { status: 200, body: found.resource };
  },
});
