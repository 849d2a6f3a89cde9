import type { UnitOfWork } from '@florin/messaging';

/** A person wants to decide about an application in the state that is shown. */
export interface DecisionRequest {
  readonly applicationId: string;
  /** Of the state that waits for the decision. */
  readonly eventVersion: number;
  readonly requestedAt: Date;
}

/**
 * Lets the first decision about a state of an application through, and returns the ids of the applications with such a decision. A decision
 * that has had no effect for ten minutes stands in the way of no other: it may be a dead letter.
 */
export async function claimDecisions(
  { tx }: UnitOfWork,
  requests: readonly DecisionRequest[],
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'claim-decisions',
    text: `INSERT INTO decision_requests AS known (application_id, event_version, requested_at)
           SELECT DISTINCT ON (1) * FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS r (id, version, at)
            ORDER BY 1, 2 DESC
           ON CONFLICT (application_id) DO UPDATE
              SET event_version = excluded.event_version, requested_at = excluded.requested_at
            WHERE known.event_version < excluded.event_version
               OR known.requested_at < excluded.requested_at - interval '10 minutes'
           RETURNING application_id AS id`,
    values: [
      requests.map((request) => request.applicationId),
      requests.map((request) => request.eventVersion),
      requests.map((request) => request.requestedAt),
    ],
  });
  return rows.map(({ id }) => id);
}
