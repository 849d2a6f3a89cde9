import type { UnitOfWork } from '@florin/messaging';
import { type StatusChangeRow, statusChangeResourceId } from '../read-models/status-change.js';

/** Remembers requests for another status, so that their callers can be told what became of them. */
export async function insertPendingStatusChanges(
  { tx }: UnitOfWork,
  rows: readonly StatusChangeRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string; subjectId: string }>({
    name: 'insert-pending-status-changes',
    text: `INSERT INTO status_changes (id, subject_id, status, created_at)
           SELECT id, subject_id, 'pending', created_at
           FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS r (id, subject_id, created_at)
           ON CONFLICT DO NOTHING RETURNING id, subject_id AS "subjectId"`,
    values: [rows.map((row) => row.id), rows.map((row) => row.subjectId), rows.map((row) => row.createdAt)],
  });
  return result.rows.map(statusChangeResourceId);
}
