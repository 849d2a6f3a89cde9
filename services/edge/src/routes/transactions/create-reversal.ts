import { SubmitReversal } from '@florin/contracts';
import { notFound, Problem } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingTransactions } from '../../db/insert-pending-transactions.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { firstHop } from '../../read-models/hop.js';
import { toNumber } from '../../read-models/minor-units.js';
import { plain, transactionResource } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { amount, idParams } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { transactionSchema } from '../resources.js';
import { maySeeTransaction } from './visible-transactions.js';

const path = '/v1/transactions/{id}/reversals';

export const createReversal = defineRoute({
  method: 'post',
  path,
  operationId: 'createReversal',
  summary: 'Give back a transfer, some or all of it',
  description:
    'By the customer who has received the money, or with the scope `transactions:reverse`. Without `amount` all that is ' +
    'left is given back. The answer is a transaction of the type `reversal` in the other direction; one that would ' +
    'exceed what is left is declined: `reversal-exceeds-original`, `already-reversed`. Deposits, withdrawals and ' +
    'reversals are declined, and for customers transfers between currencies: `not-reversible`. A fee stays charged, also when everything is given back.',
  tags: ['Transactions'],
  access: { customerOrScope: 'transactions:reverse' },
  requiresKey: 'always',
  params: idParams,
  body: z.strictObject({
    amount: amount.optional().describe('Minor units of the currency of the original.'),
    reason: z.string().max(200).trim().min(1),
  }),
  claimsKey: true,
  responses: {
    ...outcomeResponses(transactionSchema),
    403: { description: '`reversal-not-allowed`: only who has received the money can give it back' },
    404: { description: '`not-found`' },
  },
  handler: (context, request) =>
    context.ingress.accept(request, { route: `POST ${path}`, keyRequired: true }, async () => {
      const { body, caller, params } = request;
      const original = await context.prisma.transaction.findUnique({ where: { id: params.id } });
      if (!original || !maySeeTransaction(caller, original)) throw notFound('transaction');
      if (caller.kind === 'customer' && caller.customerId !== original.destinationOwnerId) {
        throw new Problem(403, 'reversal-not-allowed', 'Only who has received the money can give it back.');
      }
      const id = uuidv7();
      const originalAmount = toNumber(original.amount);
      const left = originalAmount - toNumber(original.reversedAmount);
      const parties = {
        currency: original.currency,
        sourceWalletId: original.destinationWalletId,
        sourceOwnerId: original.destinationOwnerId,
        destinationWalletId: original.sourceWalletId,
        destinationOwnerId: original.sourceOwnerId,
      };
      const createdAt = new Date(context.clock.now());
      const hop = firstHop(SubmitReversal, request, createdAt);
      const row = {
        id,
        type: 'reversal',
        status: 'pending',
        declineReason: null,
        // Until the ledger says what was left.
        amount: body.amount ?? (left > 0 ? left : originalAmount),
        fee: 0,
        ...plain,
        ...parties,
        description: body.reason,
        createdAt,
        completedAt: null,
        originKind: 'transaction',
        originId: original.id,
        hops: [hop],
      };
      return {
        resource: { kind: 'transaction', id },
        pending: pendingRow(insertPendingTransactions, row),
        send: command(
          SubmitReversal,
          id,
          {
            transactionId: id,
            originalTransactionId: original.id,
            amount: body.amount ?? null,
            reason: body.reason,
            originalAmount,
            byOperator: caller.kind !== 'customer',
            originalCompleted: original.status === 'completed',
            ...parties,
          },
          hop,
        ),
        representation: transactionResource(row),
      };
    }),
});
