import type { Database } from '@florin/database';
import type { Period } from '../domain/period.js';

export interface StatementWindow {
  /** The entries of the statement are those with firstSequence ≤ sequence ≤ lastSequence; none when first > last. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly openingBalance: number;
  readonly closingBalance: number;
}

/**
 * Turns a period (from inclusive, to exclusive) into a range of sequences, up to the first entry that has not arrived
 * yet. Sequences have no gaps there, so opening balance plus the sum of the entries is always the closing balance.
 * @param upTo where the first page of the statement ended: what has been posted since then is not part of it
 */
export async function findStatementWindow(
  database: Database,
  walletId: string,
  { from, to }: Period,
  upTo?: number,
): Promise<StatementWindow> {
  const { rows } = await database.pool.query<StatementWindow>({
    name: 'find-statement-window',
    text: `WITH complete AS (
             SELECT least(complete_sequence, $4::bigint) AS sequence FROM wallets WHERE id = $1
           ), bounds AS (
             SELECT
               coalesce((SELECT e.sequence FROM entries AS e, complete
                         WHERE e.wallet_id = $1 AND e.posted_at < coalesce($2::timestamptz, '-infinity')
                           AND e.sequence <= complete.sequence
                         ORDER BY e.posted_at DESC, e.sequence DESC LIMIT 1), 0) AS before,
               coalesce((SELECT e.sequence FROM entries AS e, complete
                         WHERE e.wallet_id = $1 AND e.posted_at < coalesce($3::timestamptz, 'infinity')
                           AND e.sequence <= complete.sequence
                         ORDER BY e.posted_at DESC, e.sequence DESC LIMIT 1), 0) AS last
           )
           SELECT before + 1 AS "firstSequence", greatest(last, before) AS "lastSequence",
             coalesce((SELECT posted FROM entries WHERE wallet_id = $1 AND sequence = before), 0)
               AS "openingBalance",
             coalesce((SELECT posted FROM entries WHERE wallet_id = $1 AND sequence = greatest(last, before)), 0)
               AS "closingBalance"
           FROM bounds`,
    values: [walletId, from, to, upTo],
  });
  return rows[0]!;
}
