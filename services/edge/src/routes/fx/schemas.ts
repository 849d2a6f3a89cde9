import { z } from 'zod';
import { instant } from '../fields.js';

/** For what is between two currencies: they are not the same. */
export function betweenCurrencies<
  T extends z.ZodType<{ readonly sourceCurrency: string; readonly destinationCurrency: string }>,
>(body: T): T {
  return body.refine(({ sourceCurrency, destinationCurrency }) => sourceCurrency !== destinationCurrency, {
    path: ['destinationCurrency'],
    message: 'Source and destination are the same currency.',
  });
}

export const fxRateSchema = z
  .object({
    id: z.uuid(),
    sourceCurrency: z.string(),
    destinationCurrency: z.string(),
    rate: z
      .string()
      .meta({ description: 'Units of the destination currency for one of the source currency.' }),
    marginBasisPoints: z.int(),
    status: z
      .enum(['pending', 'active', 'superseded', 'expired'])
      .meta({ description: '`expired`: too old to be quoted, and none has taken its place.' }),
    expiresAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'FxRate' });

export const fxQuoteSchema = z
  .object({
    id: z.uuid(),
    status: z.enum(['pending', 'quoted', 'used', 'expired', 'refused']).meta({
      description:
        '`quoted`: it can be used until `expiresAt`. `used`: a transfer has used it up, also when that was declined.',
    }),
    refusalReason: z.string().optional(),
    sourceCurrency: z.string(),
    destinationCurrency: z.string(),
    amount: z.int(),
    destinationAmount: z.int().nullable(),
    rate: z.string().nullable().meta({ description: 'The margin is in it.' }),
    expiresAt: instant.nullable(),
    transactionId: z.uuid().nullable().meta({ description: 'The transfer that used it.' }),
    createdAt: instant,
  })
  .meta({ id: 'FxQuote' });
