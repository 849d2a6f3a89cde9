export interface ApplicationTypeRow {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly name: string;
  readonly schema: unknown;
  readonly workflow: unknown;
  readonly status: string;
  readonly createdAt: Date;
}

export function applicationTypeResource(row: ApplicationTypeRow) {
  return {
    code: row.code,
    version: row.version,
    name: row.name,
    schema: row.schema,
    workflow: row.workflow,
    status: row.status,
    createdAt: row.createdAt.toISOString(),
  };
}

/** The identity of one version, in its row and for the calls that wait for it. */
export function applicationTypeId(code: string, version: number): string {
  return `${code}:${version}`;
}
