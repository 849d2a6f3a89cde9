import type { Transaction } from '@florin/database';
import type { ReplayProgress } from '../domain/replay-pacing.js';

/** Takes the next step of a replay for this transaction; undefined when another edge has it, or it was aborted. */
export async function lockReplay(tx: Transaction, id: string): Promise<ReplayProgress | undefined> {
  const locked = await tx.query({
    name: 'lock-replay',
    text: 'SELECT 1 FROM replays WHERE id = $1 AND aborted_at IS NULL FOR UPDATE SKIP LOCKED',
    values: [id],
  });
  if (locked.rowCount === 0) return undefined;
  // A statement of its own, so that it sees everything that was committed before the lock was taken.
  const { rows } = await tx.query<Omit<ReplayProgress, 'nextWaveAt'> & { nextWaveAt: Date | null }>({
    name: 'count-replay-progress',
    text: `WITH judged AS (
             SELECT count(*) FILTER (WHERE sent_at IS NULL AND outcome = 'pending') AS unsent,
               count(*) FILTER (WHERE sent_at IS NOT NULL AND outcome = 'pending') AS in_flight,
               max(finished_at) FILTER (WHERE outcome <> 'failed') AS last_success
             FROM replay_items WHERE replay_id = $1
           )
           SELECT r.dry_run AS "dryRun", r.canary, r.rate_per_second AS "ratePerSecond",
             r.max_failures_in_row AS "maxFailuresInRow", r.waves, r.next_wave_at AS "nextWaveAt",
             judged.unsent, judged.in_flight AS "inFlight",
             (SELECT count(*) FROM replay_items AS i
              WHERE i.replay_id = r.id
                AND (i.outcome = 'failed' OR (i.outcome = 'pending' AND i.retrying_at IS NOT NULL))
                AND coalesce(i.finished_at, i.retrying_at) > coalesce(judged.last_success, '-infinity'))
               AS "failuresInRow"
           FROM replays AS r, judged WHERE r.id = $1`,
    values: [id],
  });
  const { nextWaveAt, ...progress } = rows[0]!;
  return { ...progress, nextWaveAt: nextWaveAt?.getTime() ?? null };
}
