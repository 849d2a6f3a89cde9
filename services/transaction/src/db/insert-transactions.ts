import {
  arrayLiteral,
  bigintArray,
  textArrayLiteral,
  timestampArrayLiteral,
  uuidArray,
} from '@florin/database';
import { insertNew, type UnitOfWork } from '@florin/messaging';
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

const insert = `
  INSERT INTO transactions (id, type, status, source_wallet_id, source_owner_id, destination_wallet_id,
                            destination_owner_id, amount, fee, currency, description, decline_reason,
                            created_at, completed_at, type_version, limit_shares, received_at,
                            origin_kind, origin_id, request, correlation_id, trace_id, requested_amount)
  SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::text[]), unnest($4::uuid[]), unnest($5::uuid[]),
         unnest($6::uuid[]), unnest($7::uuid[]), unnest($8::bigint[]), unnest($9::bigint[]), unnest($10::text[]),
         unnest($11::text[]), unnest($12::text[]), unnest($13::timestamptz[]), unnest($14::timestamptz[]),
         unnest($15::int[]), unnest($16::jsonb[]), unnest($17::timestamptz[]), unnest($18::text[]),
         unnest($19::uuid[]), unnest($20::text[]), unnest($21::uuid[]), unnest($22::uuid[]), unnest($23::bigint[])
   ORDER BY 1`;

/**
 * Stores transactions as they are after admission: pending or declined. Returns the ids that are new: whoever sends a
 * transaction again, under another message id, changes nothing. Ids are inserted in ascending order, so that two
 * instances with the same transactions wait for each other instead of deadlocking.
 *
 * @param now when this service takes them on, in milliseconds since the Unix epoch: overdue transactions are looked for
 * by that, because `createdAt` is of the edge's clock and may be long ago
 */
export async function insertTransactions(
  unit: UnitOfWork,
  transactions: readonly NewTransaction[],
  now: number,
): Promise<ReadonlySet<string>> {
  const values = valuesOf(transactions, now);
  const statement = { name: 'insert-new-transactions', text: insert, values };
  const fresh = await insertNew<{ id: string }>(unit, statement, 'id');
  return new Set((fresh ?? transactions).map(({ id }) => id));
}

function valuesOf(transactions: readonly NewTransaction[], now: number): unknown[] {
  return [
    uuidArray(transactions.map((t) => t.id)),
    textArrayLiteral(transactions.map((t) => t.type)),
    textArrayLiteral(transactions.map((t) => t.status)),
    uuidArray(transactions.map((t) => t.sourceWalletId)),
    uuidArray(transactions.map((t) => t.sourceOwnerId)),
    uuidArray(transactions.map((t) => t.destinationWalletId)),
    uuidArray(transactions.map((t) => t.destinationOwnerId)),
    bigintArray(transactions.map((t) => t.amount)),
    bigintArray(transactions.map((t) => t.fee)),
    textArrayLiteral(transactions.map((t) => t.currency)),
    textArrayLiteral(transactions.map((t) => t.description)),
    textArrayLiteral(transactions.map((t) => t.declineReason)),
    timestampArrayLiteral(transactions.map((t) => t.createdAt)),
    timestampArrayLiteral(transactions.map((t) => t.completedAt)),
    arrayLiteral(transactions.map((t) => t.typeVersion ?? null)),
    textArrayLiteral(transactions.map((t) => (t.limitShares?.length ? JSON.stringify(t.limitShares) : null))),
    timestampArrayLiteral(transactions.map(() => now)),
    textArrayLiteral(transactions.map((t) => t.origin?.kind ?? null)),
    uuidArray(transactions.map((t) => t.origin?.id ?? null)),
    textArrayLiteral(transactions.map((t) => t.request ?? null)),
    uuidArray(transactions.map((t) => t.correlationId ?? null)),
    uuidArray(transactions.map((t) => t.traceId ?? null)),
    bigintArray(transactions.map((t) => t.requestedAmount ?? null)),
  ];
}
