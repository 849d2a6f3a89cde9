import type { Entry } from '@florin/contracts';
import { bigintArray, type Transaction, timestampArrayLiteral, uuidArray } from '@florin/database';

/** A line of a statement: an entry of the ledger with the transaction it belongs to. */
export interface StatementEntry extends Entry {
  readonly transactionId: string;
  readonly postedAt: number;
}

/** Adds entries to the statements of their wallets. An entry never changes, so one that is known is skipped. */
export async function insertEntries(tx: Transaction, entries: readonly StatementEntry[]): Promise<void> {
  await tx.query({
    name: 'insert-entries',
    text: `INSERT INTO entries
             (wallet_id, sequence, entry_id, transaction_id, amount, posted, held, available, posted_at)
           SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[],
                                $7::bigint[], $8::bigint[], $9::timestamptz[])
           ORDER BY 1, 2
           ON CONFLICT DO NOTHING`,
    values: [
      uuidArray(entries.map((entry) => entry.walletId)),
      bigintArray(entries.map((entry) => entry.sequence)),
      uuidArray(entries.map((entry) => entry.entryId)),
      uuidArray(entries.map((entry) => entry.transactionId)),
      bigintArray(entries.map((entry) => entry.amount)),
      bigintArray(entries.map((entry) => entry.posted)),
      bigintArray(entries.map((entry) => entry.held)),
      bigintArray(entries.map((entry) => entry.available)),
      timestampArrayLiteral(entries.map((entry) => entry.postedAt)),
    ],
  });
}
