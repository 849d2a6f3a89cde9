import type { Transaction } from '@florin/database';

export interface ApplicationTypeText {
  readonly code: string;
  readonly name: string;
  /** JSON text. */
  readonly schema: string;
  readonly workflow: string;
}

/**
 * Stores a new version unless the one in force says the same, and returns the version in force then. Two definitions of
 * one code never run at the same time, because their messages share a key; if they did, the primary key would make one
 * of them fail and come again.
 */
export async function defineApplicationType(
  tx: Transaction,
  type: ApplicationTypeText,
  createdAt: Date,
): Promise<number> {
  const { rows } = await tx.query<{ version: number }>({
    name: 'define-application-type',
    text: `WITH latest AS (
             SELECT version,
                    name = $2 AND schema::jsonb = $3::jsonb AND workflow::jsonb = $4::jsonb AS same
             FROM application_types WHERE code = $1 ORDER BY version DESC LIMIT 1
           ), inserted AS (
             INSERT INTO application_types (code, version, name, schema, workflow, created_at)
             SELECT $1, coalesce((SELECT version FROM latest), 0) + 1, $2, $3, $4, $5
             WHERE NOT EXISTS (SELECT FROM latest WHERE same)
             RETURNING version
           )
           SELECT coalesce((SELECT version FROM inserted), (SELECT version FROM latest)) AS version`,
    values: [type.code, type.name, type.schema, type.workflow, createdAt],
  });
  return rows[0]!.version;
}
