import type { Entry } from '@florin/contracts';
import { arrayLiteral, type Transaction, timestampArrayLiteral } from '@florin/database';

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
      arrayLiteral(entries.map((entry) => entry.walletId)),
      arrayLiteral(entries.map((entry) => entry.sequence)),
      arrayLiteral(entries.map((entry) => entry.entryId)),
      arrayLiteral(entries.map((entry) => entry.transactionId)),
      arrayLiteral(entries.map((entry) => entry.amount)),
      arrayLiteral(entries.map((entry) => entry.posted)),
      arrayLiteral(entries.map((entry) => entry.held)),
      arrayLiteral(entries.map((entry) => entry.available)),
      timestampArrayLiteral(entries.map((entry) => entry.postedAt)),
    ],
  });
}
