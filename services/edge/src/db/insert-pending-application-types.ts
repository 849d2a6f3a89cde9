import type { UnitOfWork } from '@florin/messaging';
import type { PendingApplicationTypeRow } from '../read-models/application-type.js';

/**
 * Inserts versions of application types; a version that is taken is left out of the answer. One that was refused by its
 * service gives way to the next attempt, and so does one that has been pending for long: its command may be a dead letter.
 */
export async function insertPendingApplicationTypes(
  { tx }: UnitOfWork,
  rows: readonly PendingApplicationTypeRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-application-types',
    text: `INSERT INTO application_types AS known
             (id, code, version, name, schema, workflow, created_at, correlation_id, status, current)
           SELECT r.*, 'pending', false
           FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::jsonb[], $6::jsonb[],
                       $7::timestamptz[], $8::uuid[]) AS r
           ORDER BY 1
           ON CONFLICT (id) DO UPDATE SET
             name = excluded.name, schema = excluded.schema, workflow = excluded.workflow,
             created_at = excluded.created_at, correlation_id = excluded.correlation_id, status = 'pending',
             refusal_reason = NULL
           WHERE known.status = 'refused'
              OR known.status = 'pending' AND known.created_at < excluded.created_at - interval '30 seconds'
           RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.code),
      rows.map((row) => row.version),
      rows.map((row) => row.name),
      rows.map((row) => JSON.stringify(row.schema)),
      rows.map((row) => JSON.stringify(row.workflow)),
      rows.map((row) => row.createdAt),
      rows.map((row) => row.correlationId),
    ],
  });
  return result.rows.map((row) => row.id);
}
