import type { ApplicationTypeRefused } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { ApplicationTypeRow } from '../read-models/application-type.js';

/**
 * Marks versions of application types that make no sense. The event does not know the version, because there is none:
 * the command that it answers tells which row is meant. A row that has gone to a later attempt is left alone.
 */
export async function projectRefusedApplicationTypes(
  tx: Transaction,
  events: readonly ApplicationTypeRefused[],
): Promise<readonly ApplicationTypeRow[]> {
  const { rows } = await tx.query<ApplicationTypeRow>({
    name: 'project-refused-application-types',
    text: `UPDATE application_types AS known SET status = 'refused', refusal_reason = r.reason
           FROM unnest($1::text[], $2::uuid[], $3::text[]) AS r (code, correlation_id, reason)
           WHERE known.code = r.code AND known.correlation_id = r.correlation_id AND known.status = 'pending'
           RETURNING known.id, known.code, version, name, schema, workflow, status,
             refusal_reason AS "refusalReason", created_at AS "createdAt"`,
    values: [
      events.map((event) => event.code),
      events.map((event) => event.meta.correlationId),
      events.map((event) => event.reason),
    ],
  });
  return rows;
}
