import type { Transaction } from '@florin/database';
import type { Application } from '../domain/application.js';

export async function updateApplications(
  tx: Transaction,
  applications: readonly Application[],
): Promise<void> {
  await tx.query({
    name: 'update-applications',
    text: `UPDATE applications a
           SET status = n.status, decision_outcome = n.outcome, decision_reason = n.reason,
               decided_by = n.decided_by, revision = n.revision
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
             AS n (id, status, outcome, reason, decided_by, revision)
           WHERE a.id = n.id`,
    values: [
      applications.map((application) => application.id),
      applications.map((application) => application.status),
      applications.map((application) => application.decision?.outcome ?? null),
      applications.map((application) => application.decision?.reason ?? null),
      applications.map((application) => application.decision?.decidedBy ?? null),
      applications.map((application) => application.revision),
    ],
  });
}
