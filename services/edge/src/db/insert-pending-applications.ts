import type { UnitOfWork } from '@florin/messaging';
import type { ApplicationRow } from '../read-models/application.js';

/** Shows applications before their workflow has started. Their data stays with the application service. */
export async function insertPendingApplications(
  { tx }: UnitOfWork,
  rows: readonly ApplicationRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-applications',
    text: `INSERT INTO applications (id, type, version, applicant_id, created_at, status, steps, event_version)
           SELECT r.*, 'pending', '[]', -1
           FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::uuid[], $5::timestamptz[]) AS r
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.type),
      rows.map((row) => row.version),
      rows.map((row) => row.applicantId),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.id);
}
