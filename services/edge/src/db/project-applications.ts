import type { ApplicationProgressed } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { ApplicationRow } from '../read-models/application.js';

/** Shows the newest state of applications. At most one event for each application. */
export async function projectApplications(
  tx: Transaction,
  events: readonly ApplicationProgressed[],
): Promise<readonly ApplicationRow[]> {
  const { rows } = await tx.query<ApplicationRow>({
    name: 'project-applications',
    text: `INSERT INTO applications AS known
             (id, type, version, applicant_id, status, steps, decision_outcome, decision_reason, decided_by,
              event_version, created_at)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::uuid[], $5::text[], $6::jsonb[], $7::text[],
                                $8::text[], $9::text[], $10::bigint[], $11::timestamptz[])
           ORDER BY 1
           ON CONFLICT (id) DO UPDATE SET
             version = excluded.version, status = excluded.status, steps = excluded.steps,
             decision_outcome = excluded.decision_outcome, decision_reason = excluded.decision_reason,
             decided_by = excluded.decided_by, event_version = excluded.event_version
           WHERE excluded.event_version > known.event_version
           RETURNING id, type, version, applicant_id AS "applicantId", status, steps,
             decision_outcome AS "decisionOutcome", decision_reason AS "decisionReason", decided_by AS "decidedBy",
             created_at AS "createdAt"`,
    values: [
      events.map((event) => event.applicationId),
      events.map((event) => event.type),
      events.map((event) => event.version),
      events.map((event) => event.applicantId),
      events.map((event) => event.status),
      events.map((event) => JSON.stringify(event.steps)),
      events.map((event) => event.decisionOutcome),
      events.map((event) => event.decisionReason),
      events.map((event) => event.decidedBy),
      events.map((event) => event.meta.aggregateVersion),
      events.map((event) => new Date(event.createdAt)),
    ],
  });
  return rows;
}
