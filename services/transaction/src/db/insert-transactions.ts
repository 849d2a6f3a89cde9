import type { Transaction as DatabaseTransaction } from '@florin/database';
import type { Share } from '../domain/limits.js';
import type { Transaction } from '../domain/transaction.js';

/** Commands that the ledger can be asked with again, besides those that follow from the state of a deposit or withdrawal. */
export type LedgerRequest = 'PostTransfer' | 'PostBulk' | 'ReverseTransfer' | 'PostAdjustment';

/** A transaction as it is stored first, with what nobody else hears of. */
export interface NewTransaction extends Transaction {
  /** Version of the type that let it through; null when it was not asked. */
  readonly typeVersion?: number | null;
  /** What it has taken of daily limits. */
  readonly limitShares?: readonly Share[];
  /** What the ledger is asked with, when the same can be asked again: of nothing else the answer is asked for again. */
  readonly request?: LedgerRequest;
  /** What a reversal asks for; null for all that is left. */
  readonly requestedAmount?: number | null;
  readonly correlationId?: string;
  /** 32 hexadecimal digits. */
  readonly traceId?: string | null;
}

/**
 * Stores transactions as they are after admission: pending or declined. Returns the ids that are new: whoever sends a
 * transaction again, under another message id, changes nothing. Ids are inserted in ascending order, so that two
 * instances with the same transactions wait for each other instead of deadlocking.
 *
 * @param now when this service takes them on, in milliseconds since the Unix epoch: overdue transactions are looked for
 * by that, because `createdAt` is of the edge's clock and may be long ago
 */
export async function insertTransactions(
  tx: DatabaseTransaction,
  transactions: readonly NewTransaction[],
  now: number,
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'insert-transactions',
    text: `INSERT INTO transactions (id, type, status, source_wallet_id, source_owner_id, destination_wallet_id,
                                     destination_owner_id, amount, fee, currency, description, decline_reason,
                                     created_at, completed_at, type_version, limit_shares, received_at,
                                     origin_kind, origin_id, request, correlation_id, trace_id, requested_amount)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[],
                                $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[], $13::timestamptz[],
                                $14::timestamptz[], $15::int[], $16::jsonb[], $17::timestamptz[], $18::text[],
                                $19::uuid[], $20::text[], $21::uuid[], $22::uuid[], $23::bigint[]) AS u (id)
            ORDER BY u.id
           ON CONFLICT (id) DO NOTHING
           RETURNING id`,
    values: [
      transactions.map((t) => t.id),
      transactions.map((t) => t.type),
      transactions.map((t) => t.status),
      transactions.map((t) => t.sourceWalletId),
      transactions.map((t) => t.sourceOwnerId),
      transactions.map((t) => t.destinationWalletId),
      transactions.map((t) => t.destinationOwnerId),
      transactions.map((t) => t.amount),
      transactions.map((t) => t.fee),
      transactions.map((t) => t.currency),
      transactions.map((t) => t.description),
      transactions.map((t) => t.declineReason),
      transactions.map((t) => new Date(t.createdAt)),
      transactions.map((t) => (t.completedAt === null ? null : new Date(t.completedAt))),
      transactions.map((t) => t.typeVersion ?? null),
      transactions.map((t) => (t.limitShares?.length ? JSON.stringify(t.limitShares) : null)),
      transactions.map(() => new Date(now)),
      transactions.map((t) => t.origin?.kind ?? null),
      transactions.map((t) => t.origin?.id ?? null),
      transactions.map((t) => t.request ?? null),
      transactions.map((t) => t.correlationId ?? null),
      transactions.map((t) => t.traceId ?? null),
      transactions.map((t) => t.requestedAmount ?? null),
    ],
  });
  return new Set(rows.map((row) => row.id));
}
