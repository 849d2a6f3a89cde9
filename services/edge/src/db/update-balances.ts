import type { Entry } from '@florin/contracts';
import { bigintArray, type Transaction, uuidArray } from '@florin/database';

/** What may be closed of a gap in one go; the next batch of the wallet goes on. */
const longestRun = 10_000;

/** A balance that has moved. */
export interface ChangedBalance {
  readonly walletId: string;
  readonly ownerId: string;
  /** Of the entry that it comes from. */
  readonly sequence: number;
  readonly posted: number;
  readonly held: number;
  readonly available: number;
}

/**
 * Sets the balances of wallets, which are locked, from the newest entry of each, and moves the end of their statements up to the first
 * entry that is missing. The sequence decides what is newer, because events of one wallet arrive over several
 * partitions in any order. Returns what has moved.
 */
export async function updateBalances(
  tx: Transaction,
  newest: readonly Entry[],
): Promise<readonly ChangedBalance[]> {
  const { rows } = await tx.query<ChangedBalance & { moved: boolean }>({
    name: 'update-balances',
    text: `UPDATE wallets AS w SET
             posted = CASE WHEN r.sequence > w.balance_sequence THEN r.posted ELSE w.posted END,
             held = CASE WHEN r.sequence > w.balance_sequence THEN r.held ELSE w.held END,
             available = CASE WHEN r.sequence > w.balance_sequence THEN r.available ELSE w.available END,
             balance_sequence = greatest(r.sequence, w.balance_sequence),
             complete_sequence = coalesce((
               SELECT max(e.sequence) FROM (
                 SELECT sequence, w.complete_sequence + row_number() OVER (ORDER BY sequence) AS expected
                   FROM entries WHERE wallet_id = w.id AND sequence > w.complete_sequence
                  ORDER BY sequence LIMIT ${longestRun}) AS e
                WHERE e.sequence = e.expected), w.complete_sequence)
           FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
                  AS r (wallet_id, sequence, posted, held, available)
           WHERE w.id = r.wallet_id
             AND (r.sequence > w.balance_sequence
                  OR (SELECT sequence FROM entries WHERE wallet_id = w.id AND sequence = w.complete_sequence + 1) IS NOT NULL)
           RETURNING WITH (OLD AS before) w.id AS "walletId", w.owner_id AS "ownerId", r.sequence,
             r.sequence > before.balance_sequence AS moved, w.posted, w.held, w.available`,
    values: [
      uuidArray(newest.map((entry) => entry.walletId)),
      bigintArray(newest.map((entry) => entry.sequence)),
      bigintArray(newest.map((entry) => entry.posted)),
      bigintArray(newest.map((entry) => entry.held)),
      bigintArray(newest.map((entry) => entry.available)),
    ],
  });
  return rows.filter(({ moved }) => moved);
}
