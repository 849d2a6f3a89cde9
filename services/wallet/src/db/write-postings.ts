import type { Transaction } from '@florin/database';
import type { PostedEntry, PostingCommand } from '../domain/posting.js';

export interface DecidedCommand {
  readonly command: PostingCommand;
  /** Null when posted. */
  readonly declineReason: string | null;
}

export interface LedgerEntry extends PostedEntry {
  readonly entryId: string;
  readonly transactionId: string;
}

export interface PostingWrite {
  readonly transfers: readonly DecidedCommand[];
  readonly entries: readonly LedgerEntry[];
  readonly postedAt: Date;
}

const text = `
WITH decided AS (
  INSERT INTO transfers (kind, transaction_id, source_wallet_id, destination_wallet_id, amount, fee, currency,
                         decline_reason, description, status, posted_at)
  SELECT u.*, CASE WHEN u.reason IS NULL THEN 'posted' ELSE 'declined' END, $1::timestamptz
    FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::text[], $9::text[],
                $10::text[]) AS u (kind, id, source, destination, amount, fee, currency, reason, description)
)
INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
SELECT u.*, $1::timestamptz
  FROM unnest($11::uuid[], $12::uuid[], $13::uuid[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
              $18::bigint[]) AS u`;

/** Writes transfers and entries of a whole batch in one statement. Its trigger moves the balances and checks all. */
export async function writePostings(tx: Transaction, write: PostingWrite): Promise<void> {
  const { transfers, entries } = write;
  await tx.query({
    name: 'write-postings',
    text,
    values: [
      write.postedAt,
      transfers.map((t) => (t.command.sourceKind === 'system' ? 'deposit' : 'transfer')),
      transfers.map((t) => t.command.transactionId),
      transfers.map((t) => t.command.sourceWalletId),
      transfers.map((t) => t.command.destinationWalletId),
      transfers.map((t) => t.command.amount),
      transfers.map((t) => t.command.fee),
      transfers.map((t) => t.command.currency),
      transfers.map((t) => t.declineReason),
      transfers.map((t) => t.command.description),
      entries.map((e) => e.entryId),
      entries.map((e) => e.transactionId),
      entries.map((e) => e.walletId),
      entries.map((e) => e.sequence),
      entries.map((e) => e.amount),
      entries.map((e) => e.posted),
      entries.map((e) => e.held),
      entries.map((e) => e.available),
    ],
  });
}
