import type { Pool, Transaction } from '@florin/database';

export interface ApplicationTypeRow {
  readonly schema: object;
  readonly workflow: unknown;
}

export async function findApplicationType(
  connection: Pool | Transaction,
  code: string,
  version: number,
): Promise<ApplicationTypeRow | undefined> {
  const { rows } = await connection.query<ApplicationTypeRow>({
    name: 'find-application-type',
    text: 'SELECT schema, workflow FROM application_types WHERE code = $1 AND version = $2',
    values: [code, version],
  });
  return rows[0];
}
