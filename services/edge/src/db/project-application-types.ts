import type { ApplicationTypeDefined } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import { type ApplicationTypeRow, applicationTypeId } from '../read-models/application-type.js';

/**
 * Puts versions of application types in force, and makes the highest version of each code the current one. Three
 * statements, because at most one row of a code may be current at any moment; definitions are rare.
 */
export async function projectApplicationTypes(
  tx: Transaction,
  events: readonly ApplicationTypeDefined[],
): Promise<readonly ApplicationTypeRow[]> {
  const { rows } = await tx.query<ApplicationTypeRow>({
    name: 'project-application-types',
    text: `INSERT INTO application_types AS known
             (id, code, version, name, schema, workflow, created_at, status, current)
           SELECT r.*, 'active', false
           FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::jsonb[], $6::jsonb[],
                       $7::timestamptz[]) AS r
           ORDER BY 1
           ON CONFLICT (id) DO UPDATE SET
             name = excluded.name, schema = excluded.schema, workflow = excluded.workflow, status = 'active',
             refusal_reason = NULL
           RETURNING id, code, version, name, schema, workflow, status, refusal_reason AS "refusalReason",
             created_at AS "createdAt"`,
    values: [
      events.map((event) => applicationTypeId(event.code, event.version)),
      events.map((event) => event.code),
      events.map((event) => event.version),
      events.map((event) => event.name),
      events.map((event) => event.schema),
      events.map((event) => event.workflow),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
  const codes = [...new Set(events.map((event) => event.code))];
  await tx.query({
    name: 'retire-application-types',
    text: 'UPDATE application_types SET current = false WHERE code = ANY($1::text[]) AND current',
    values: [codes],
  });
  await tx.query({
    name: 'promote-application-types',
    text: `UPDATE application_types SET current = true
           WHERE (code, version) IN (
             SELECT code, max(version) FROM application_types
             WHERE code = ANY($1::text[]) AND status = 'active' GROUP BY code)`,
    values: [codes],
  });
  return rows;
}
