import { z } from 'zod';
import { instant } from '../fields.js';

export const missedRunPolicies = ['skip', 'run-once', 'run-all'] as const;

export const scheduledTransferSchema = z
  .object({
    id: z.uuid(),
    type: z.string(),
    status: z.enum(['pending', 'active', 'completed', 'cancelled']),
    endReason: z
      .string()
      .optional()
      .meta({
        description:
          'Why it was cancelled: `by-customer`, `by-api-key`, `by-platform`, `wallet-closed`, or ' +
          '`too-many-scheduled-transfers` of one that was refused.',
      }),
    sourceWalletId: z.uuid(),
    destinationWalletId: z.uuid(),
    amount: z.int(),
    currency: z.string(),
    description: z.string().nullable(),
    runAt: instant.nullable(),
    cron: z.string().nullable(),
    timeZone: z.string().nullable(),
    endsAt: instant.nullable(),
    missedRunPolicy: z.enum(missedRunPolicies),
    nextRunAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'ScheduledTransfer' });

export const occurrenceSchema = z
  .object({
    occursAt: instant,
    status: z.enum(['pending', 'completed', 'declined', 'failed', 'reversed', 'skipped']).meta({
      description:
        'Of the transfer; `skipped`: this and every later one up to the next occurrence was missed.',
    }),
    declineReason: z.string().optional(),
    transactionId: z.uuid().nullable(),
  })
  .meta({ id: 'Occurrence' });
