import type { Transaction } from '@florin/database';
import type { PostedEntry, PostingCommand, WalletState } from '../domain/posting.js';

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
  readonly wallets: readonly WalletState[];
  readonly transfers: readonly DecidedCommand[];
  readonly entries: readonly LedgerEntry[];
  readonly postedAt: Date;
}

const text = `
WITH balances AS (
  UPDATE wallets w SET posted = u.posted, sequence = u.sequence
    FROM unnest($2::uuid[], $3::bigint[], $4::bigint[]) AS u (id, posted, sequence)
   WHERE w.id = u.id
), decided AS (
  INSERT INTO transfers (transaction_id, source_wallet_id, destination_wallet_id, amount, fee, currency,
                         decline_reason, description, status, posted_at)
  SELECT u.*, CASE WHEN u.reason IS NULL THEN 'posted' ELSE 'declined' END, $1::timestamptz
    FROM unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[])
         AS u (id, source, destination, amount, fee, currency, reason, description)
)
INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
SELECT u.*, $1::timestamptz
  FROM unnest($13::uuid[], $14::uuid[], $15::uuid[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[],
              $20::bigint[]) AS u`;

/**
 * Writes balances, transfers and entries of a whole batch in one statement. It has to be one: the triggers of the
 * ledger run at its end and prove that entries sum to zero and lead to the new balances.
 */
export async function writePostings(tx: Transaction, write: PostingWrite): Promise<void> {
  const { wallets, transfers, entries } = write;
  await tx.query({
    name: 'write-postings',
    text,
    values: [
      write.postedAt,
      wallets.map((w) => w.id),
      wallets.map((w) => w.posted),
      wallets.map((w) => w.sequence),
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
