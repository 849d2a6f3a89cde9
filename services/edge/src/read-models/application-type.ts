import type { Outcome } from '../ingress/waiters.js';

export interface ApplicationTypeRow {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly name: string;
  readonly schema: unknown;
  readonly workflow: unknown;
  readonly status: string;
  readonly refusalReason: string | null;
  readonly createdAt: Date;
}

/** A version that is being defined, with the correlation id of the command that its service will answer. */
export interface PendingApplicationTypeRow extends ApplicationTypeRow {
  readonly correlationId: string;
}

export function applicationTypeResource(row: ApplicationTypeRow) {
  return {
    code: row.code,
    version: row.version,
    name: row.name,
    schema: row.schema,
    workflow: row.workflow,
    status: row.status,
    ...(row.refusalReason === null ? {} : { refusalReason: row.refusalReason }),
    createdAt: row.createdAt.toISOString(),
  };
}

/** A definition that makes no sense is a mistake of the caller, not a business decline: its outcome is a problem. */
export function applicationTypeOutcome(row: ApplicationTypeRow): Outcome {
  const outcome = { final: row.status !== 'pending', representation: applicationTypeResource(row) };
  if (row.refusalReason === null) return outcome;
  return {
    ...outcome,
    refusal: { status: 422, code: 'application-type-invalid', detail: row.refusalReason },
  };
}

/** The identity of one version, in its row and for the calls that wait for it. */
export function applicationTypeId(code: string, version: number): string {
  return `${code}:${version}`;
}
