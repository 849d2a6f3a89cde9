import { notFound } from '@florin/http';
import { transactionResource } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { transactionSchema } from '../resources.js';
import { maySeeTransaction } from './visible-transactions.js';

export const getTransaction = defineRoute({
  method: 'get',
  path: '/v1/transactions/{id}',
  operationId: 'getTransaction',
  summary: 'Get a transaction',
  tags: ['Transactions'],
  access: { customerOrScope: 'transactions:read' },
  params: idParams,
  responses: oneResponse(transactionSchema),
  handler: async ({ reads }, { params, caller }) => {
    const prisma = await reads.for(caller);
    const transaction = await prisma.transaction.findUnique({ where: { id: params.id } });
    if (!transaction || !maySeeTransaction(caller, transaction)) throw notFound('transaction');
    return { status: 200, body: transactionResource(transaction) };
  },
});
