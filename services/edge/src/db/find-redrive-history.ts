import type { Transaction } from '@florin/database';

export interface RedriveHistory {
  /** A replay of the rule still waits for outcomes. */
  readonly running: boolean;
  /** Letters that the rule replayed in the last hour. */
  readonly lettersLastHour: number;
  /** Its newest replays that were all aborted. */
  readonly abortsInRow: number;
  readonly lastAbortAt: Date | null;
}

/** A replay that was aborted and waits for a provider runs no longer: its messages are in good hands. */
export async function findRedriveHistory(
  tx: Transaction,
  ruleId: string,
  now: number,
): Promise<RedriveHistory> {
  const { rows } = await tx.query<RedriveHistory>({
    name: 'find-redrive-history',
    text: `WITH own AS (SELECT id, created_at, aborted_at FROM replays WHERE rule_id = $1)
           SELECT
             EXISTS (SELECT FROM own JOIN replay_items AS i ON i.replay_id = own.id
                     WHERE own.aborted_at IS NULL AND i.outcome = 'pending') AS running,
             (SELECT count(*)::integer FROM own JOIN replay_items AS i ON i.replay_id = own.id
              WHERE own.created_at >= $2 AND i.outcome <> 'cancelled') AS "lettersLastHour",
             (SELECT count(*)::integer FROM own
              WHERE created_at > coalesce((SELECT max(created_at) FROM own WHERE aborted_at IS NULL), '-infinity'))
               AS "abortsInRow",
             (SELECT max(aborted_at) FROM own) AS "lastAbortAt"`,
    values: [ruleId, new Date(now - 3_600_000)],
  });
  return rows[0]!;
}
