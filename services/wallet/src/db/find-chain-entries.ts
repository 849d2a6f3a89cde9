import type { Database } from '@florin/database';
import type { ChainEntry } from '../domain/verify-chain.js';
import { entryDigest } from './entry-digest.js';

/** Some entries of one wallet; times as text, because JavaScript's dates have no microseconds. */
export interface Stretch {
  readonly walletId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly from: string;
  readonly to: string;
}

export type StretchEntry = ChainEntry & { readonly walletId: string };

/** The entries of stretches, in their order and that of the sequences. */
export async function findChainEntries(
  database: Database,
  stretches: readonly Stretch[],
): Promise<readonly StretchEntry[]> {
  const { rows } = await database.pool.query<StretchEntry>({
    name: 'find-chain-entries',
    text: `SELECT s.wallet_id AS "walletId", e.id AS "entryId", e.sequence, e.amount, e.held_change AS "heldChange",
                  e.posted, e.held, ${entryDigest} AS digest
             FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
                    WITH ORDINALITY AS s (wallet_id, first_sequence, last_sequence, from_at, to_at, place)
                  JOIN entries e ON e.wallet_id = s.wallet_id AND e.posted_at BETWEEN s.from_at AND s.to_at
                                AND e.sequence BETWEEN s.first_sequence AND s.last_sequence
            ORDER BY s.place, e.sequence, e.posted_at`,
    values: [
      stretches.map((stretch) => stretch.walletId),
      stretches.map((stretch) => stretch.firstSequence),
      stretches.map((stretch) => stretch.lastSequence),
      stretches.map((stretch) => stretch.from),
      stretches.map((stretch) => stretch.to),
    ],
  });
  return rows;
}
