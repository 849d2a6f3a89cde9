import { z } from 'zod';
import { instant } from './fields.js';

/** What the answers hold, for the OpenAPI document. */
const status = (...values: [string, ...string[]]) => z.enum(values);

export const walletTypeSchema = z
  .object({
    code: z.string(),
    name: z.string(),
    currency: z.string(),
    overdraftLimit: z.int(),
    maxBalance: z.int().nullable(),
    status: status('pending', 'active'),
    createdAt: instant,
  })
  .meta({ id: 'WalletType' });

export const balancesSchema = z
  .object({ posted: z.int(), held: z.int(), available: z.int() })
  .meta({ id: 'Balances', description: 'Minor units; available = posted − held + overdraft.' });

export const walletSchema = z
  .object({
    id: z.uuid(),
    ownerId: z.uuid(),
    walletType: z.string(),
    currency: z.string(),
    name: z.string(),
    status: status('pending', 'active', 'frozen', 'closed', 'refused'),
    refusalReason: z.string().optional(),
    balances: balancesSchema,
    createdAt: instant,
  })
  .meta({ id: 'Wallet' });

export const cardSchema = z
  .object({
    id: z.uuid(),
    walletId: z.uuid(),
    ownerId: z.uuid(),
    token: z.string().nullable().meta({ example: 'crd_01a1fc54' }),
    last4: z.string().nullable(),
    expiryMonth: z.int().nullable(),
    expiryYear: z.int().nullable(),
    branch: z.string().nullable(),
    accountNumber: z.string().nullable(),
    status: status('pending', 'active', 'frozen', 'cancelled', 'refused'),
    refusalReason: z.string().optional(),
    createdAt: instant,
  })
  .meta({ id: 'Card', description: 'The full card number is stored nowhere and never returned.' });

export const transactionTypeSchema = z
  .object({
    code: z.string(),
    version: z.int(),
    name: z.string(),
    fee: z.object({ flat: z.int(), basisPoints: z.int() }),
    limits: z.object({
      perTransaction: z.int().nullable(),
      dailyAmount: z.int().nullable(),
      dailyCount: z.int().nullable(),
      walletTypes: z.array(
        z.object({
          walletType: z.string(),
          perTransaction: z.int().nullable(),
          dailyAmount: z.int().nullable(),
          dailyCount: z.int().nullable(),
        }),
      ),
    }),
    status: status('pending', 'active'),
    createdAt: instant,
  })
  .meta({ id: 'TransactionType' });

export const transactionRuleSchema = z
  .object({
    id: z.uuid(),
    transactionType: z.string(),
    sourceWalletType: z.string(),
    destinationWalletType: z.string(),
    status: status('pending', 'active', 'withdrawn'),
    createdAt: instant,
  })
  .meta({ id: 'TransactionRule' });

const exchangeSchema = z.object({ currency: z.string(), amount: z.int(), rate: z.string() });

export const transactionSchema = z
  .object({
    id: z.uuid(),
    type: z.string(),
    status: status('pending', 'completed', 'declined', 'failed', 'reversed'),
    declineReason: z.string().optional().meta({ description: 'Why it was declined, or why it failed.' }),
    amount: z.int(),
    fee: z.int(),
    reversedAmount: z.int().meta({ description: 'What was given back; all of it when `reversed`.' }),
    currency: z.string(),
    sourceWalletId: z.uuid().nullable(),
    destinationWalletId: z.uuid().nullable(),
    description: z.string().nullable(),
    createdAt: instant,
    completedAt: instant.nullable(),
    exchange: exchangeSchema.optional().meta({
      description: 'Between currencies: what the destination has received, or gave back in a reversal.',
    }),
    origin: z
      .object({ kind: status('transaction', 'bulk', 'scheduled-transfer'), id: z.uuid() })
      .optional()
      .meta({ description: 'What it reverses, or is an item or an occurrence of.' }),
  })
  .meta({ id: 'Transaction' });

export const transferQuoteSchema = z
  .object({
    dryRun: z.literal(true),
    type: z.string(),
    status: status('completed', 'declined'),
    declineReason: z.string().optional(),
    amount: z.int(),
    fee: z.int(),
    total: z.int().meta({ description: 'What the source would pay: amount and fee.' }),
    currency: z.string(),
    exchange: exchangeSchema.optional().meta({ description: 'What would arrive, between currencies.' }),
    sourceWalletId: z.uuid(),
    destinationWalletId: z.uuid(),
  })
  .meta({ id: 'TransferQuote' });

export const timelineSchema = z
  .object({
    id: z.uuid(),
    status: z.string(),
    hops: z.array(
      z.object({
        service: z.string().meta({ description: 'Who sent the message.', example: 'wallet' }),
        message: z.string().meta({ example: 'TransferPosted' }),
        messageId: z.uuid(),
        at: instant,
        traceId: z.string().nullable().meta({ description: 'W3C trace context.' }),
      }),
    ),
  })
  .meta({ id: 'Timeline' });

export const stalledTransactionSchema = z
  .object({
    id: z.uuid(),
    type: z.string(),
    amount: z.int(),
    currency: z.string(),
    waitingFor: z.enum(['ledger', 'provider']),
    attempts: z.int().meta({ description: 'How often the ledger was asked again.' }),
    stalledSince: instant,
    createdAt: instant,
  })
  .meta({ id: 'StalledTransaction' });

export const applicationTypeSchema = z
  .object({
    code: z.string(),
    version: z.int(),
    name: z.string(),
    schema: z.unknown(),
    workflow: z.unknown(),
    status: status('pending', 'active', 'refused'),
    refusalReason: z.string().optional(),
    createdAt: instant,
  })
  .meta({ id: 'ApplicationType' });

export const applicationSchema = z
  .object({
    id: z.uuid(),
    type: z.string(),
    version: z.int(),
    applicantId: z.uuid(),
    status: status(
      'pending',
      'submitted',
      'in_progress',
      'waiting_for_decision',
      'approved',
      'declined',
      'failed',
    ),
    steps: z.array(
      z.object({
        name: z.string(),
        status: z.string(),
        attempts: z.int(),
        startedAt: instant.nullable(),
        finishedAt: instant.nullable(),
        reason: z.string().nullable(),
      }),
    ),
    decision: z
      .object({
        outcome: status('approved', 'declined'),
        reason: z.string().nullable(),
        decidedBy: z.string().nullable(),
      })
      .optional(),
    createdAt: instant,
  })
  .meta({ id: 'Application' });

export const notificationSchema = z
  .object({
    id: z.uuid(),
    customerId: z.uuid(),
    channel: status('sms', 'email'),
    template: z.string().nullable(),
    subject: z.string().nullable(),
    status: status('pending', 'delivered'),
    createdAt: instant,
    deliveredAt: instant.nullable(),
  })
  .meta({ id: 'Notification' });
