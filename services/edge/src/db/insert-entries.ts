import type { Entry } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** A line of a statement: an entry of the ledger with the transaction it belongs to. */
export interface StatementEntry extends Entry {
  readonly transactionId: string;
  readonly postedAt: number;
}

/** Adds entries to the statements of their wallets. An entry never changes, so one that is known is skipped. */
export async function insertEntries(tx: Transaction, entries: readonly StatementEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query({
    name: 'insert-entries',
    text: `INSERT INTO entries
             (wallet_id, sequence, entry_id, transaction_id, amount, posted, held, available, posted_at)
           SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[],
                                $7::bigint[], $8::bigint[], $9::timestamptz[])
           ORDER BY 1, 2
           ON CONFLICT DO NOTHING`,
    values: [
      entries.map((entry) => entry.walletId),
      entries.map((entry) => entry.sequence),
      entries.map((entry) => entry.entryId),
      entries.map((entry) => entry.transactionId),
      entries.map((entry) => entry.amount),
      entries.map((entry) => entry.posted),
      entries.map((entry) => entry.held),
      entries.map((entry) => entry.available),
      entries.map((entry) => new Date(entry.postedAt)),
    ],
  });
}
