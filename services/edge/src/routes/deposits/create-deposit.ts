import { SubmitDeposit } from '@florin/contracts';
import { notFound, validationFailed } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingTransactions } from '../../db/insert-pending-transactions.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { plain, transactionResource } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { amount, currency, requiredIdempotencyHeaders, uuid } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { transactionSchema } from '../resources.js';

/** Long enough for a provider outage with all its retries and a replay from the dead letters. */
const fundingTtlSeconds = 24 * 60 * 60;

export const createDeposit = defineRoute({
  method: 'post',
  path: '/v1/deposits',
  operationId: 'createDeposit',
  summary: 'Deposit money through the payment provider',
  description:
    'The currency must be that of the wallet: the provider is never charged for what cannot be credited.',
  tags: ['Transactions'],
  access: 'customer',
  headers: requiredIdempotencyHeaders,
  body: z.strictObject({
    walletId: uuid,
    amount,
    currency,
    fundingToken: z.string().min(1).max(500).describe('One-time token of the payment provider.'),
  }),
  claimsKey: true,
  responses: {
    ...outcomeResponses(transactionSchema),
    404: { description: '`not-found`: there is no such wallet of yours' },
  },
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/deposits', keyRequired: true }, async () => {
      const { body, caller } = request;
      const wallet = await context.walletFacts.find(body.walletId);
      if (wallet?.ownerId !== caller.customerId) throw notFound('wallet');
      if (wallet.currency !== body.currency) {
        throw validationFailed([{ pointer: '/currency', detail: `The wallet holds ${wallet.currency}.` }]);
      }
      const id = uuidv7();
      const row = {
        id,
        type: 'deposit',
        status: 'pending',
        declineReason: null,
        amount: body.amount,
        fee: 0,
        currency: body.currency,
        sourceWalletId: null,
        sourceOwnerId: null,
        destinationWalletId: wallet.id,
        destinationOwnerId: wallet.ownerId,
        description: null,
        createdAt: new Date(context.clock.now()),
        completedAt: null,
        ...plain,
      };
      const fundingRef = await context.secrets.seal(body.fundingToken, fundingTtlSeconds);
      return {
        resource: { kind: 'transaction', id },
        pending: pendingRow(insertPendingTransactions, row),
        send: command(SubmitDeposit, id, {
          transactionId: id,
          walletId: wallet.id,
          walletType: wallet.walletType,
          ownerId: wallet.ownerId,
          amount: body.amount,
          currency: body.currency,
          fundingRef,
        }),
        representation: transactionResource(row),
      };
    }),
});
