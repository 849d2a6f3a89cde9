import type { Transaction } from '@florin/database';

/**
 * Notes transactions that were taken on before `before` and are still pending, at most `limit`; returns how many were
 * noted. What was swept is not read again, but for a minute: clocks of instances differ, and what a transaction of the
 * database has inserted is seen only when it commits. A clock that is far ahead does not take the sweep beyond that of the database.
 */
export async function noticeStalled(
  tx: Transaction,
  options: { readonly before: Date; readonly now: Date; readonly limit: number },
): Promise<number> {
  const { rows } = await tx.query<{ found: number }>({
    name: 'notice-stalled',
    text: `WITH position AS (SELECT swept_to FROM stall_sweep FOR UPDATE),
           found AS (
             SELECT t.id, t.received_at FROM transactions t, position p
              WHERE t.received_at >= p.swept_to - interval '1 minute' AND t.received_at < $1 AND t.status = 'pending'
                AND NOT EXISTS (SELECT FROM stalled_transactions s WHERE s.transaction_id = t.id)
              ORDER BY t.received_at LIMIT $3),
           noted AS (
             INSERT INTO stalled_transactions (transaction_id, next_attempt_at, noticed_at)
             SELECT id, $2, $2 FROM found)
           UPDATE stall_sweep
              SET swept_to = CASE WHEN (SELECT count(*) FROM found) < $3 THEN greatest(swept_to, least($1, now()))
                                  ELSE (SELECT max(received_at) FROM found) END
           RETURNING (SELECT count(*)::int FROM found) AS found`,
    values: [options.before, options.now, options.limit],
  });
  return rows[0]?.found ?? 0;
}
