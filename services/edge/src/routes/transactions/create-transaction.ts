import { SubmitTransfer } from '@florin/contracts';
import { uuidv7 } from '@florin/database';
import { notFound, validationFailed } from '@florin/http';
import type { EdgeContext } from '../../context.js';
import { insertPendingTransactions } from '../../db/insert-pending-transactions.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { firstHop } from '../../read-models/hop.js';
import { plain, transactionResource } from '../../read-models/transaction.js';
import { defineRoute } from '../../route.js';
import { outcomeResponses } from '../replies.js';
import { transactionSchema, transferQuoteSchema } from '../resources.js';
import { quoteTransfer } from './quote-transfer.js';
import { type TransferBody, transferOrDryRun } from './transfer-body.js';

export const createTransaction = defineRoute({
  method: 'post',
  path: '/v1/transactions',
  operationId: 'createTransaction',
  summary: 'Transfer money between wallets',
  description:
    'The currency must be that of the source wallet. Whether the destination may receive it is a rule of the ' +
    'transaction type: without one the transaction is declined. Between currencies it needs a `quoteId`, or is declined: ' +
    '`currency-mismatch`. A quote that cannot be used declines it, too: `quote-expired`, `quote-used`, `quote-mismatch` ' +
    '(another amount, or another currency on either side), `quote-not-found`. A quote is used by the transfer that goes to the ' +
    'ledger with it; one that the rules or limits refuse leaves it for another.',
  tags: ['Transactions'],
  access: 'customer',
  requiresKey: 'sometimes',
  body: transferOrDryRun,
  claimsKey: true,
  responses: {
    ...outcomeResponses(transactionSchema),
    200: {
      description: 'What would come of it, with `dryRun`: nothing was moved.',
      schema: transferQuoteSchema,
    },
    404: { description: '`not-found`: one of the wallets; the source has to be yours' },
  },
  handler: async (context, request) => {
    const { dryRun, ...body } = request.body;
    const { caller } = request;
    if (dryRun) return quoteTransfer(context, request, body, await partiesOf(context, caller, body));
    return context.ingress.accept(
      request,
      { route: 'POST /v1/transactions', keyRequired: true },
      async () => {
        const [{ source, destination }, sourceTimeZone] = await Promise.all([
          partiesOf(context, caller, body),
          context.customerZones.find(caller.customerId),
        ]);
        const id = uuidv7();
        const createdAt = new Date(context.clock.now());
        const hop = firstHop(SubmitTransfer, request, createdAt);
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
          fee: 0,
          status: 'pending',
          declineReason: null,
          createdAt,
          completedAt: null,
          hops: [hop],
          ...transfer,
          ...plain,
        };
        return {
          resource: { kind: 'transaction', id },
          pending: pendingRow(insertPendingTransactions, row),
          send: command(
            SubmitTransfer,
            id,
            {
              transactionId: id,
              sourceWalletType: source.walletType,
              sourceTimeZone,
              destinationWalletType: destination.walletType,
              quoteId: body.quoteId ?? null,
              destinationCurrency: destination.currency,
              origin: null,
              ...transfer,
            },
            hop,
          ),
          representation: transactionResource(row),
        };
      },
    );
  },
});

/** The two wallets, of which the source has to be the caller's, in the currency of the transfer. */
async function partiesOf(
  { walletFacts }: EdgeContext,
  caller: { readonly customerId: string },
  body: TransferBody,
) {
  const [source, destination] = await Promise.all([
    walletFacts.find(body.sourceWalletId),
    walletFacts.find(body.destinationWalletId),
  ]);
  if (source?.ownerId !== caller.customerId) throw notFound('source wallet');
  if (!destination) throw notFound('destination wallet');
  if (source.currency !== body.currency) {
    throw validationFailed([{ pointer: '/currency', detail: `The source wallet holds ${source.currency}.` }]);
  }
  return { source, destination };
}
