import type { Database } from '@florin/database';
import { entryDigest } from './entry-digest.js';

export interface UnsealedEntry {
  readonly walletId: string;
  readonly sequence: number;
  readonly digest: Buffer;
  /** As text, because JavaScript's dates have no microseconds. */
  readonly postedAt: string;
  /** Where the chain of the wallet stands; null before its first seal. */
  readonly sealedSequence: number | null;
  readonly sealedHash: Buffer | null;
}

export interface UnsealedPage {
  readonly entries: readonly UnsealedEntry[];
  /** The last wallet that was looked at; undefined behind the last one. */
  readonly lastWalletId: string | undefined;
}

/**
 * The entries that are not sealed yet of the wallets after `cursor`, wallet by wallet in their sequence, up to
 * `maxEntries`. Each look-up starts at the time of the last seal, so it touches the partitions since then only.
 */
export async function findUnsealedEntries(
  database: Database,
  cursor: string,
  limits: { readonly wallets: number; readonly entries: number },
): Promise<UnsealedPage> {
  const { rows: wallets } = await database.pool.query<{ id: string }>({
    name: 'find-wallets-to-seal',
    text: 'SELECT id FROM wallets WHERE id > $1 ORDER BY id LIMIT $2',
    values: [cursor, limits.wallets],
  });
  if (wallets.length === 0) return { entries: [], lastWalletId: undefined };
  const { rows } = await database.pool.query<UnsealedEntry>({
    name: 'find-unsealed-entries',
    text: `SELECT w.id AS "walletId", e.sequence, e.digest, e.posted_at::text AS "postedAt",
                  s.last_sequence AS "sealedSequence", s.hash AS "sealedHash"
             FROM (SELECT id, sequence FROM wallets WHERE id = ANY($1::uuid[]) ORDER BY id) w
                  LEFT JOIN LATERAL (
                    SELECT last_sequence, last_posted_at, hash FROM entry_seals
                     WHERE wallet_id = w.id ORDER BY last_sequence DESC LIMIT 1) s ON true
                  CROSS JOIN LATERAL (
                    SELECT e.sequence, e.posted_at, ${entryDigest} AS digest FROM entries e
                     WHERE e.wallet_id = w.id AND e.posted_at >= coalesce(s.last_posted_at, '-infinity')
                       AND e.sequence > coalesce(s.last_sequence, 0) AND w.sequence > coalesce(s.last_sequence, 0)
                     ORDER BY e.posted_at, e.sequence LIMIT $2) e
            LIMIT $2`,
    values: [wallets.map(({ id }) => id), limits.entries],
  });
  return { entries: rows, lastWalletId: wallets.at(-1)!.id };
}
