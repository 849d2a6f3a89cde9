import type { Transaction } from '@florin/database';

/** The version in force of each application type that exists. */
export async function findLatestVersions(
  tx: Transaction,
  codes: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ code: string; version: number }>({
    name: 'find-latest-versions',
    text: 'SELECT code, max(version) AS version FROM application_types WHERE code = ANY($1) GROUP BY code',
    values: [codes],
  });
  return new Map(rows.map((row) => [row.code, row.version]));
}
