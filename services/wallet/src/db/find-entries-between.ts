import type { Database } from '@florin/database';
import { entryDigest } from './entry-digest.js';
import type { StretchEntry } from './find-chain-entries.js';

/**
 * All entries of the wallets after one id up to another, by wallet in their sequence. One range of the index of each
 * partition: a look-up for each wallet in each partition took most of the time of a verification.
 */
export async function findEntriesBetween(
  database: Database,
  afterWalletId: string,
  lastWalletId: string,
): Promise<readonly StretchEntry[]> {
  const { rows } = await database.pool.query<StretchEntry>({
    name: 'find-entries-between',
    text: `SELECT e.wallet_id AS "walletId", e.id AS "entryId", e.sequence, e.amount, e.held_change AS "heldChange",
                  e.posted, e.held, ${entryDigest} AS digest
             FROM entries e WHERE e.wallet_id > $1 AND e.wallet_id <= $2
            ORDER BY e.wallet_id, e.sequence, e.posted_at`,
    values: [afterWalletId, lastWalletId],
  });
  return rows;
}
