import { z } from 'zod';
import { amount, code, currency, uuid } from '../fields.js';

/** Types that have calls of their own, with checks that a plain transfer does not make. */
const reservedTypes = new Set(['deposit', 'withdrawal', 'card', 'payout', 'reversal', 'adjustment']);

/** What a transfer says, whether it is made now, in a bulk or on a schedule. */
export const transferFields = {
  type: code.refine(
    (type) => !reservedTypes.has(type),
    'Transactions of this type have a call of their own.',
  ),
  sourceWalletId: uuid,
  destinationWalletId: uuid,
  amount,
  currency,
  description: z.string().max(200).trim().min(1).optional(),
};

const sameWallet = {
  path: ['destinationWalletId'],
  message: 'Source and destination are the same wallet.',
};

export const transferBody = z
  .strictObject(transferFields)
  .refine((body) => body.sourceWalletId !== body.destinationWalletId, sameWallet);

export type TransferBody = z.infer<typeof transferBody>;

const transferAtQuote = transferBody.safeExtend({
  quoteId: uuid.optional().describe('From `POST /v1/fx-quotes`.'),
});

/** A transfer that is asked about. */
export type TransferQuestion = z.infer<typeof transferAtQuote>;

/** One that may be only a question: what it would cost, and whether it would be let through. */
export const transferOrDryRun = transferAtQuote.safeExtend({
  dryRun: z
    .boolean()
    .default(false)
    .describe('Moves nothing, needs no key, and answers 200 with fee, total and what would come of it.'),
});
