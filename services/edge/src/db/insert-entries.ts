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
           SELECT unnest($1::uuid[]), unnest($2::bigint[]), unnest($3::uuid[]), unnest($4::uuid[]), unnest($5::bigint[]),
                  unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[]), unnest($9::timestamptz[])
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
