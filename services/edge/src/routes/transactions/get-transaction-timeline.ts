import type { Hop } from '@florin/contracts';
import { notFound } from '@florin/http';
import { timelineOf } from '../../read-models/hop.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { timelineSchema } from '../resources.js';
import { maySeeTransaction } from './visible-transactions.js';

export const getTransactionTimeline = defineRoute({
  method: 'get',
  path: '/v1/transactions/{id}/timeline',
  operationId: 'getTransactionTimeline',
  summary: 'Get the way of a transaction through the services',
  description:
    'Every message, with the service that sent it, in the order of time, from the command of the call to the outcome. While ' +
    'the transaction is pending: that command, and what was sent again.',
  tags: ['Transactions'],
  access: { customerOrScope: 'transactions:read' },
  params: idParams,
  responses: oneResponse(timelineSchema),
  handler: async ({ reads }, { params, caller }) => {
    const prisma = await reads.for(caller);
    const transaction = await prisma.transaction.findUnique({ where: { id: params.id } });
    if (!transaction || !maySeeTransaction(caller, transaction)) throw notFound('transaction');
    const hops = transaction.hops as unknown as readonly Hop[];
    return { status: 200, body: { id: transaction.id, status: transaction.status, hops: timelineOf(hops) } };
  },
});
