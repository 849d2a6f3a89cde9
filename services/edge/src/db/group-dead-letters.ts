import type { Database } from '@florin/database';

export interface DeadLetterGroup {
  readonly fingerprint: string;
  readonly group: string;
  /** Dead-letter topic. */
  readonly topic: string;
  readonly messageName: string | null;
  readonly errorCode: string;
  readonly count: number;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
  /** Sums of the amounts the messages carry, in minor units. */
  readonly moneyAtRest: readonly { currency: string; amount: number }[];
}

const maxGroups = 500;

export interface DeadLetterGroupFilter {
  readonly status: string;
  readonly topic?: string | undefined;
  readonly group?: string | undefined;
  readonly fingerprint?: string | undefined;
}

/** Dead letters by cause of failure, the most frequent first. */
export async function groupDeadLetters(
  database: Database,
  filter: DeadLetterGroupFilter,
): Promise<readonly DeadLetterGroup[]> {
  const { rows } = await database.pool.query<DeadLetterGroup>({
    name: 'group-dead-letters',
    text: `WITH causes AS (
             SELECT fingerprint, consumer_group, topic, message_name, error_code, payload->>'currency' AS currency,
               count(*) AS letters, min(first_failed_at) AS first_failed_at, max(last_failed_at) AS last_failed_at,
               sum(CASE WHEN jsonb_typeof(payload->'amount') = 'number' THEN (payload->>'amount')::numeric END)
                 AS amount
             FROM dead_letters
             WHERE status = $2 AND ($3::text IS NULL OR topic = $3)
               AND ($4::text IS NULL OR consumer_group = $4) AND ($5::text IS NULL OR fingerprint = $5)
             GROUP BY 1, 2, 3, 4, 5, 6
           )
           SELECT fingerprint, consumer_group AS "group", topic, message_name AS "messageName", error_code AS "errorCode",
             sum(letters)::bigint AS count, min(first_failed_at) AS "firstFailedAt",
             max(last_failed_at) AS "lastFailedAt",
             coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount))
               FILTER (WHERE currency IS NOT NULL AND amount IS NOT NULL), '[]') AS "moneyAtRest"
           FROM causes GROUP BY 1, 2, 3, 4, 5 ORDER BY count DESC, "lastFailedAt" DESC LIMIT $1`,
    values: [maxGroups, filter.status, filter.topic, filter.group, filter.fingerprint],
  });
  return rows;
}
