import { DefineFxRate, isRate } from '@florin/contracts';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingFxRates } from '../../db/insert-pending-fx-rates.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { fxRateResource } from '../../read-models/fx.js';
import { defineRoute } from '../../route.js';
import { currency } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { betweenCurrencies, fxRateSchema } from './schemas.js';

export const createFxRate = defineRoute({
  method: 'post',
  path: '/v1/fx-rates',
  operationId: 'createFxRate',
  summary: 'Quote a rate between two currencies from now on',
  description: 'It takes the place of the one before. Quotes that were made at that one keep it.',
  tags: ['Transactions'],
  access: { scope: 'fx-rates:write' },
  body: betweenCurrencies(
    z.strictObject({
      sourceCurrency: currency,
      destinationCurrency: currency,
      rate: z
        .string()
        .max(25)
        .refine(
          isRate,
          'A decimal above zero with at most 12 digits before and behind the point, and no zeros in front.',
        )
        .describe('Units of the destination currency for one of the source currency.'),
      marginBasisPoints: z.int().min(0).max(9_999).default(0),
    }),
  ),
  claimsKey: true,
  responses: outcomeResponses(fxRateSchema),
  handler: (context, request) =>
    context.ingress.accept(request, { route: 'POST /v1/fx-rates', keyRequired: false }, async () => {
      const id = uuidv7();
      const { sourceCurrency, destinationCurrency } = request.body;
      const createdAt = new Date(context.clock.now());
      const row = { id, ...request.body, status: 'pending', expiresAt: null, createdAt };
      return {
        resource: { kind: 'fx-rate', id },
        pending: pendingRow(insertPendingFxRates, row),
        // Keyed by the pair. The rate that was asked for last is the one in force, also where commands overtake each other.
        send: command(DefineFxRate, `${sourceCurrency}-${destinationCurrency}`, {
          fxRateId: id,
          ...request.body,
        }),
        representation: fxRateResource(row),
      };
    }),
});
