import { RequestFxQuote } from '@florin/contracts';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingFxQuotes } from '../../db/insert-pending-fx-quotes.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { fxQuoteResource } from '../../read-models/fx.js';
import { defineRoute } from '../../route.js';
import { amount, currency } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { betweenCurrencies, fxQuoteSchema } from './schemas.js';

export const createFxQuote = defineRoute({
  method: 'post',
  path: '/v1/fx-quotes',
  operationId: 'createFxQuote',
  summary: 'Be promised a rate for one transfer',
  description:
    'Name the quote as `quoteId` in `POST /v1/transactions`, with the same amount and currency, before it expires. The first ' +
    'transfer that does and goes to the ledger uses it up, also when the ledger declines it.',
  tags: ['Transactions'],
  access: 'customer',
  body: betweenCurrencies(
    z.strictObject({ sourceCurrency: currency, destinationCurrency: currency, amount }),
  ),
  claimsKey: true,
  responses: {
    ...outcomeResponses(fxQuoteSchema),
    422: { description: '`rate-unavailable`, `amount-invalid`' },
  },
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/fx-quotes', keyRequired: false }, async () => {
      const quote = { ownerId: request.caller.customerId, ...request.body };
      const now = context.clock.now();
      const row = {
        id: uuidv7(),
        ...quote,
        destinationAmount: null,
        rate: null,
        expiresAt: null,
        status: 'pending',
        refusalReason: null,
        transactionId: null,
        createdAt: new Date(now),
      };
      return {
        resource: { kind: 'fx-quote', id: row.id },
        pending: pendingRow(insertPendingFxQuotes, row),
        send: command(RequestFxQuote, row.id, { quoteId: row.id, ...quote }),
        representation: fxQuoteResource(row, now),
      };
    }),
});
