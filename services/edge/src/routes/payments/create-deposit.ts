import { SubmitDeposit } from '@florin/contracts';
import { insertPendingTransactions } from '../../db/insert-pending-transactions.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { firstHop } from '../../read-models/hop.js';
import { transactionResource } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { outcomeResponses } from '../replies.js';
import { transactionSchema } from '../resources.js';
import { paymentBody, preparePayment } from './payment-request.js';

export const createDeposit = defineRoute({
  method: 'post',
  path: '/v1/deposits',
  operationId: 'createDeposit',
  summary: 'Deposit money through the payment provider',
  description:
    'The currency must be that of the wallet: the provider is never charged for what cannot be credited. A fee of the ' +
    'transaction type `deposit` is taken from the amount.',
  tags: ['Transactions'],
  access: 'customer',
  requiresKey: 'always',
  body: paymentBody,
  claimsKey: true,
  responses: {
    ...outcomeResponses(transactionSchema),
    404: { description: '`not-found`: there is no such wallet of yours' },
  },
  handler: (context, { body, caller, ...request }) => {
    const call = { route: 'POST /v1/deposits', keyRequired: true };
    return context.ingress.accept({ ...request, body, caller }, call, async () => {
      const { payment, transaction, wallet } = await preparePayment(context, body, caller.customerId);
      const hop = firstHop(SubmitDeposit, request, transaction.createdAt);
      const row = {
        ...transaction,
        type: 'deposit',
        sourceWalletId: null,
        sourceOwnerId: null,
        destinationWalletId: wallet.id,
        destinationOwnerId: wallet.ownerId,
        hops: [hop],
      };
      return {
        resource: { kind: 'transaction', id: row.id },
        pending: pendingRow(insertPendingTransactions, row),
        send: command(SubmitDeposit, row.id, payment, hop),
        representation: transactionResource(row),
      };
    });
  },
});
