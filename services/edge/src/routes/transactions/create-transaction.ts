import { SubmitTransfer } from '@florin/contracts';
import { uuidv7 } from '@florin/database';
import { notFound, validationFailed } from '@florin/http';
import { insertPendingTransactions } from '../../db/insert-pending-transactions.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { plain, transactionResource } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { requiredIdempotencyHeaders } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { transactionSchema } from '../resources.js';
import { transferBody } from './transfer-body.js';

export const createTransaction = defineRoute({
  method: 'post',
  path: '/v1/transactions',
  operationId: 'createTransaction',
  summary: 'Transfer money between wallets',
  description:
    'The currency must be that of the source wallet. Whether the destination may receive it is a rule of the ' +
    'transaction type: without one the transaction is declined.',
  tags: ['Transactions'],
  access: 'customer',
  headers: requiredIdempotencyHeaders,
  body: transferBody,
  claimsKey: true,
  responses: {
    ...outcomeResponses(transactionSchema),
    404: { description: '`not-found`: one of the wallets; the source has to be yours' },
  },
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/transactions', keyRequired: true }, async () => {
      const { body, caller } = request;
      const [source, destination] = await Promise.all([
        context.walletFacts.find(body.sourceWalletId),
        context.walletFacts.find(body.destinationWalletId),
      ]);
      if (source?.ownerId !== caller.customerId) throw notFound('source wallet');
      if (!destination) throw notFound('destination wallet');
      if (source.currency !== body.currency) {
        throw validationFailed([
          { pointer: '/currency', detail: `The source wallet holds ${source.currency}.` },
        ]);
      }
      const id = uuidv7();
      const transfer = {
        type: body.type,
        amount: body.amount,
        currency: body.currency,
        description: body.description ?? null,
        sourceWalletId: source.id,
        sourceOwnerId: source.ownerId,
        destinationWalletId: destination.id,
        destinationOwnerId: destination.ownerId,
      };
      const row = {
        id,
        ...transfer,
        fee: 0,
        status: 'pending',
        declineReason: null,
        createdAt: new Date(context.clock.now()),
        completedAt: null,
        ...plain,
      };
      return {
        resource: { kind: 'transaction', id },
        pending: pendingRow(insertPendingTransactions, row),
        send: command(SubmitTransfer, id, {
          transactionId: id,
          ...transfer,
          sourceWalletType: source.walletType,
          destinationWalletType: destination.walletType,
        }),
        representation: transactionResource(row),
      };
    }),
});
