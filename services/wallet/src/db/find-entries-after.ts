import type { Database } from '@florin/database';
import { entryDigest } from './entry-digest.js';
import type { StretchEntry } from './find-chain-entries.js';

/** The end of a wallet's entries, part by part. */
export interface Tail {
  readonly walletId: string;
  /** Time, as text because JavaScript's dates have no microseconds, and number of the entry before. */
  readonly after: { readonly postedAt: string; readonly sequence: number };
  readonly lastSequence: number;
  readonly limit: number;
}

/**
 * The next entries of a wallet by time and number, which is the order of the index: each part begins where the one before
 * ended, so a wallet with millions of them is read once.
 */
export async function findEntriesAfter(
  database: Database,
  { walletId, after, lastSequence, limit }: Tail,
): Promise<readonly (StretchEntry & { readonly postedAt: string })[]> {
  const { rows } = await database.pool.query<StretchEntry & { postedAt: string }>({
    name: 'find-entries-after',
    // The first condition on the time says to PostgreSQL which partitions it need not look at.
    text: `SELECT e.wallet_id AS "walletId", e.id AS "entryId", e.sequence, e.amount, e.held_change AS "heldChange",
                  e.posted, e.held, e.posted_at::text AS "postedAt", ${entryDigest} AS digest
             FROM entries e
            WHERE e.wallet_id = $1 AND e.posted_at >= $2 AND (e.posted_at, e.sequence) > ($2, $3) AND e.sequence <= $4
            ORDER BY e.posted_at, e.sequence LIMIT $5`,
    values: [walletId, after.postedAt, after.sequence, lastSequence, limit],
  });
  return rows;
}
