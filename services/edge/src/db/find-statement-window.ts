import type { Database } from '@florin/database';

export interface StatementWindow {
  /** The entries of the statement are those with firstSequence ≤ sequence ≤ lastSequence; none when first > last. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly openingBalance: number;
  readonly closingBalance: number;
}

/**
 * Turns a period (from inclusive, to exclusive) into a range of sequences. Sequences have no gaps, so opening balance
 * plus the sum of the entries is always the closing balance, even where the clocks of two ledger instances disagree by
 * a millisecond and `posted_at` steps back.
 */
export async function findStatementWindow(
  database: Database,
  walletId: string,
  from: Date | undefined,
  to: Date | undefined,
): Promise<StatementWindow> {
  const { rows } = await database.pool.query<StatementWindow>({
    name: 'find-statement-window',
    text: `WITH bounds AS (
             SELECT
               coalesce((SELECT sequence FROM entries
                         WHERE wallet_id = $1 AND posted_at < coalesce($2::timestamptz, '-infinity')
                         ORDER BY posted_at DESC, sequence DESC LIMIT 1), 0) AS before,
               coalesce((SELECT sequence FROM entries
                         WHERE wallet_id = $1 AND posted_at < coalesce($3::timestamptz, 'infinity')
                         ORDER BY posted_at DESC, sequence DESC LIMIT 1), 0) AS last
           )
           SELECT before + 1 AS "firstSequence", greatest(last, before) AS "lastSequence",
             coalesce((SELECT posted FROM entries WHERE wallet_id = $1 AND sequence = before), 0)
               AS "openingBalance",
             coalesce((SELECT posted FROM entries WHERE wallet_id = $1 AND sequence = greatest(last, before)), 0)
               AS "closingBalance"
           FROM bounds`,
    values: [walletId, from, to],
  });
  return rows[0]!;
}
