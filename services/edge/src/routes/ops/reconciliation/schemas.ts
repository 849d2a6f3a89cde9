import { z } from 'zod';
import { amount, instant, uuid } from '../../fields.js';

export const settlementFileSchema = z
  .object({
    id: z.uuid(),
    fileId: z.string().describe('As the provider calls the file: it is imported once.'),
    settlementDate: z.string(),
    status: z.enum(['pending', 'imported', 'refused']),
    reason: z
      .string()
      .nullable()
      .describe(
        'Why it was refused: `file-already-imported`, `header-unknown`, `line-invalid`, `csv-malformed`, `too-many-lines`.',
      ),
    lineCount: z.int(),
    matchedCount: z.int(),
    breakCount: z.int(),
    importedBy: z.string().nullable().describe('Who uploaded it; null for the daily job.'),
    createdAt: instant,
    importedAt: instant.nullable(),
  })
  .meta({ id: 'SettlementFile' });

const accounts = ['cash-in', 'cash-out', 'suspense'] as const;

export const reconciliationBreakSchema = z
  .object({
    id: z.uuid(),
    settlementFileId: z.uuid(),
    lineNumber: z.int().nullable(),
    kind: z.enum(['missing-at-us', 'missing-at-provider', 'amount-differs', 'status-differs', 'duplicate']),
    paymentKind: z.enum(['charge', 'refund', 'payout']),
    paymentId: z.string().nullable(),
    reference: z.string().nullable(),
    transactionId: z.uuid().nullable(),
    currency: z.string(),
    providerAmount: z.int().nullable(),
    ourAmount: z.int().nullable(),
    providerStatus: z.string().nullable(),
    ourStatus: z.string().nullable(),
    status: z.enum(['open', 'proposed', 'adjusting', 'resolved']),
    resolution: z.enum(['accepted', 'adjusted', 'cleared']).nullable(),
    reason: z.string().nullable(),
    legs: z
      .array(
        z.object({ walletId: z.uuid().nullable(), account: z.enum(accounts).nullable(), amount: z.int() }),
      )
      .describe('The correction that was proposed, as entries of the ledger; none to accept the difference.'),
    adjustmentTransactionId: z.uuid().nullable(),
    refusalReason: z
      .string()
      .nullable()
      .describe(
        'Why the last correction was not made: `adjustment-exceeds-payment`, `wallet-not-involved`, `payment-pending`, or ' +
          'what the ledger said.',
      ),
    proposedBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    version: z.int(),
    foundAt: instant,
    resolvedAt: instant.nullable(),
  })
  .meta({ id: 'ReconciliationBreak' });

/** A customer's wallet, or an account of the platform. */
const side = z.union([z.strictObject({ account: z.enum(accounts) }), z.strictObject({ walletId: uuid })]);
export type Side = z.infer<typeof side>;

export const adjustmentBody = z.strictObject({ from: side, to: side, amount });
