import { bigintArray, type Transaction, textArrayLiteral, uuidArray } from '@florin/database';
import type { HoldState, PostedEntry, TransferRecord } from '../domain/decision.js';

export interface LedgerWrite {
  readonly transfers: readonly TransferRecord[];
  readonly entries: readonly PostedEntry[];
  readonly holds: readonly HoldState[];
  readonly postedAt: Date;
}

const insertTransfers = `
  INSERT INTO transfers (transaction_id, kind, source_wallet_id, destination_wallet_id, amount, fee, currency,
                         destination_amount, destination_currency, rate, reference_id, decline_reason, description,
                         status, posted_at)
  SELECT u.*, CASE WHEN u.decline_reason IS NULL THEN 'posted' ELSE 'declined' END, $1::timestamptz
    FROM (SELECT unnest($2::uuid[]), unnest($3::text[]), unnest($4::uuid[]), unnest($5::uuid[]), unnest($6::bigint[]),
                 unnest($7::bigint[]), unnest($8::text[]), unnest($9::bigint[]), unnest($10::text[]),
                 unnest($11::text[]), unnest($12::uuid[]), unnest($13::text[]) AS decline_reason, unnest($14::text[])) AS u`;

const insertEntries = `
  INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, held_change, posted, held, available, hold_id,
                       posted_at)
  SELECT unnest($15::uuid[]), unnest($16::uuid[]), unnest($17::uuid[]), unnest($18::bigint[]), unnest($19::bigint[]),
         unnest($20::bigint[]), unnest($21::bigint[]), unnest($22::bigint[]), unnest($23::bigint[]), unnest($24::uuid[]),
         $1::timestamptz`;

const upsertHolds = `
  INSERT INTO holds (id, wallet_id, currency, amount, captured, remaining, status, description, placed_at, expires_at,
                     resolved_at)
  SELECT * FROM unnest($25::uuid[], $26::uuid[], $27::text[], $28::bigint[], $29::bigint[], $30::bigint[], $31::text[],
                       $32::text[], $33::timestamptz[], $34::timestamptz[], $35::timestamptz[])
  ON CONFLICT (id) DO UPDATE
     SET amount = excluded.amount, captured = excluded.captured, remaining = excluded.remaining,
         status = excluded.status, expires_at = excluded.expires_at, resolved_at = excluded.resolved_at`;

/**
 * Writes everything that was decided together in one statement. It has to be one when there are holds: the triggers run
 * at its end, move the balances and check that entries and holds agree.
 */
export async function writeDecisions(tx: Transaction, write: LedgerWrite): Promise<void> {
  const { transfers, entries, holds } = write;
  const values = [write.postedAt, ...transferColumns(transfers), ...entryColumns(entries)];
  if (holds.length === 0) {
    const text = `WITH decided AS (${insertTransfers})${insertEntries}`;
    await tx.query({ name: 'write-decisions', text, values });
  } else {
    const text = `WITH decided AS (${insertTransfers}), held AS (${upsertHolds})${insertEntries}`;
    await tx.query({ name: 'write-decisions-and-holds', text, values: [...values, ...holdColumns(holds)] });
  }
}

function transferColumns(transfers: readonly TransferRecord[]): unknown[] {
  return [
    uuidArray(transfers.map((t) => t.transactionId)),
    textArrayLiteral(transfers.map((t) => t.kind)),
    uuidArray(transfers.map((t) => t.sourceWalletId)),
    uuidArray(transfers.map((t) => t.destinationWalletId)),
    bigintArray(transfers.map((t) => t.amount)),
    bigintArray(transfers.map((t) => t.fee)),
    textArrayLiteral(transfers.map((t) => t.currency)),
    bigintArray(transfers.map((t) => t.destinationAmount)),
    textArrayLiteral(transfers.map((t) => t.destinationCurrency)),
    textArrayLiteral(transfers.map((t) => t.rate)),
    uuidArray(transfers.map((t) => t.referenceId)),
    textArrayLiteral(transfers.map((t) => t.declineReason)),
    textArrayLiteral(transfers.map((t) => t.description)),
  ];
}

function entryColumns(entries: readonly PostedEntry[]): unknown[] {
  return [
    uuidArray(entries.map((e) => e.entryId)),
    uuidArray(entries.map((e) => e.transactionId)),
    uuidArray(entries.map((e) => e.walletId)),
    bigintArray(entries.map((e) => e.sequence)),
    bigintArray(entries.map((e) => e.amount)),
    bigintArray(entries.map((e) => e.heldChange)),
    bigintArray(entries.map((e) => e.posted)),
    bigintArray(entries.map((e) => e.held)),
    bigintArray(entries.map((e) => e.available)),
    uuidArray(entries.map((e) => e.holdId)),
  ];
}

function holdColumns(holds: readonly HoldState[]): unknown[] {
  const time = (at: number | null): Date | null => (at === null ? null : new Date(at));
  return [
    uuidArray(holds.map((h) => h.id)),
    uuidArray(holds.map((h) => h.walletId)),
    textArrayLiteral(holds.map((h) => h.currency)),
    bigintArray(holds.map((h) => h.amount)),
    bigintArray(holds.map((h) => h.captured)),
    bigintArray(holds.map((h) => h.remaining)),
    textArrayLiteral(holds.map((h) => h.status)),
    textArrayLiteral(holds.map((h) => h.description)),
    holds.map((h) => time(h.placedAt)),
    holds.map((h) => time(h.expiresAt)),
    holds.map((h) => time(h.resolvedAt)),
  ];
}
