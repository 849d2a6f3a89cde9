import { SubmitWithdrawal } from '@florin/contracts';
import { insertPendingTransactions } from '../../db/insert-pending-transactions.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { firstHop } from '../../read-models/hop.js';
import { transactionResource } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { outcomeResponses } from '../replies.js';
import { transactionSchema } from '../resources.js';
import { paymentBody, preparePayment } from './payment-request.js';

export const createWithdrawal = defineRoute({
  method: 'post',
  path: '/v1/withdrawals',
  operationId: 'createWithdrawal',
  summary: 'Withdraw money through the payment provider',
  description:
    'The amount is held first, with the fee of the transaction type `withdrawal`; then the provider pays it to whom the ' +
    'funding token names. It is debited when the provider has paid, and available again when it has refused.',
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
    const call = { route: 'POST /v1/withdrawals', keyRequired: true };
    return context.ingress.accept({ ...request, body, caller }, call, async () => {
      const { payment, transaction, wallet } = await preparePayment(context, body, caller.customerId);
      const hop = firstHop(SubmitWithdrawal, request, transaction.createdAt);
      const row = {
        ...transaction,
        type: 'withdrawal',
        sourceWalletId: wallet.id,
        sourceOwnerId: wallet.ownerId,
        destinationWalletId: null,
        destinationOwnerId: null,
        hops: [hop],
      };
      return {
        resource: { kind: 'transaction', id: row.id },
        pending: pendingRow(insertPendingTransactions, row),
        send: command(SubmitWithdrawal, row.id, payment, hop),
        representation: transactionResource(row),
      };
    });
  },
});
