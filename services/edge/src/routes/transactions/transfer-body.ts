import { z } from 'zod';
import { amount, code, currency, uuid } from '../fields.js';

/** Types that have calls of their own, with checks that a plain transfer does not make. */
const reservedTypes = new Set(['deposit', 'withdrawal', 'card', 'payout', 'reversal', 'adjustment']);

/** A transfer as a customer asks for it: alone, in a bulk or on a schedule. */
export const transferBody = z
  .strictObject({
    type: code.refine(
      (type) => !reservedTypes.has(type),
      'Transactions of this type have a call of their own.',
    ),
    sourceWalletId: uuid,
    destinationWalletId: uuid,
    amount,
    currency,
    description: z.string().trim().min(1).max(200).optional(),
  })
  .refine((body) => body.sourceWalletId !== body.destinationWalletId, {
    path: ['destinationWalletId'],
    message: 'Source and destination are the same wallet.',
  });

export type TransferBody = z.infer<typeof transferBody>;

/** One that may be only a question: what it would cost, and whether it would be let through. */
export const transferOrDryRun = transferBody.safeExtend({
  dryRun: z
    .boolean()
    .default(false)
    .describe('Moves nothing, needs no key, and answers 200 with fee, total and what would come of it.'),
});
