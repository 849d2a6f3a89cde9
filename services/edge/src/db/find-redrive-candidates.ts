import type { Transaction } from '@florin/database';
import type { RedriveRule } from '../domain/redrive-rule.js';

export interface RedriveCandidate {
  readonly id: string;
  /** How often rules have replayed this message before. */
  readonly redrives: number;
  readonly lastRedriveAt: Date | null;
}

/**
 * Dead letters of a group that a rule is about: pending, not edited, not parked, in their window of age. How often a
 * message was redriven is counted from the replays themselves, over all the dead letters it has been, so that there
 * is no counter that a crash could leave behind. What a rule cancelled before sending does not count. Those that still
 * wait, for as long as `redriveBackoffMs` says, come last, so that however many of them take no place of one that is due.
 */
export async function findRedriveCandidates(
  tx: Transaction,
  rule: RedriveRule,
  bounds: {
    readonly group: string;
    readonly failedBefore: number;
    readonly now: number;
    readonly limit: number;
  },
): Promise<readonly RedriveCandidate[]> {
  const { group, failedBefore, now, limit } = bounds;
  const { rows } = await tx.query<RedriveCandidate>({
    name: 'find-redrive-candidates',
    text: `SELECT d.id, past.redrives, past.last_at AS "lastRedriveAt"
           FROM dead_letters AS d, LATERAL (
             SELECT count(*)::integer AS redrives, max(coalesce(i.finished_at, i.sent_at)) AS last_at
             FROM dead_letters AS same
               JOIN replay_items AS i ON i.dead_letter_id = same.id
               JOIN replays AS r ON r.id = i.replay_id
             WHERE same.consumer_group = d.consumer_group AND same.message_id = d.message_id
               AND r.rule_id IS NOT NULL AND i.outcome <> 'cancelled'
           ) AS past
           WHERE d.status = 'pending' AND NOT d.parked AND d.attempts > 0 AND d.revision = 0
             AND d.message_id IS NOT NULL
             AND d.consumer_group = $1 AND d.last_failed_at < $2
             AND ($3::timestamptz IS NULL OR d.first_failed_at >= $3)
             AND ($4::text IS NULL OR d.topic = $4) AND ($5::text IS NULL OR d.message_name = $5)
             AND ($6::text IS NULL OR d.error_code LIKE $6) AND ($7::text IS NULL OR d.fingerprint = $7)
           ORDER BY coalesce(past.last_at + least(interval '1 day', $9 * interval '1 second'
               * power(2, least(past.redrives - 1, 30))) > $10, false), d.topic, d.partition, d.record_offset LIMIT $8`,
    values: [
      group,
      new Date(failedBefore),
      rule.maxAgeSeconds === null ? null : new Date(now - rule.maxAgeSeconds * 1_000),
      rule.topic,
      rule.messageName,
      rule.errorCode === null ? null : errorCodePattern(rule.errorCode),
      rule.fingerprint,
      limit,
      rule.backoffSeconds,
      new Date(now),
    ],
  });
  return rows;
}

/** Only a `*` at the end stands for anything. */
function errorCodePattern(errorCode: string): string {
  const literal = errorCode.replace(/\*$/, '').replace(/[\\%_]/g, '\\$&');
  return errorCode.endsWith('*') ? `${literal}%` : literal;
}
