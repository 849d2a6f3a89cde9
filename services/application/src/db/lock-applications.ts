import type { Transaction } from '@florin/database';
import type { Application, ApplicationStatus, Decision, Step, StepStatus } from '../domain/application.js';

interface Row {
  readonly id: string;
  readonly type_code: string;
  readonly type_version: number;
  readonly applicant_id: string;
  readonly data: unknown;
  readonly status: ApplicationStatus;
  readonly decision_outcome: Decision['outcome'] | null;
  readonly decision_reason: string | null;
  readonly decided_by: string | null;
  readonly revision: number;
  readonly created_at: Date;
  /** Timestamps as milliseconds since the Unix epoch. */
  readonly steps: readonly StepRow[];
}

interface StepRow {
  readonly name: string;
  readonly status: StepStatus;
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly reason: string | null;
  readonly output: unknown;
  readonly waitsFor: string | null;
}

/**
 * Locks applications in ascending id order, so that two batches that share some wait for each other instead of
 * deadlocking. The lock covers the steps, too: they are only ever changed under it.
 */
export async function lockApplications(
  tx: Transaction,
  ids: readonly string[],
): Promise<Map<string, Application>> {
  // The steps are read in a statement of their own, after the locks are held: within one statement they would be read
  // from a snapshot older than the wait for the lock.
  const locked = await tx.query<Omit<Row, 'steps'>>({
    name: 'lock-applications',
    text: 'SELECT * FROM applications WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE',
    values: [ids],
  });
  const { rows } = await tx.query<{ application_id: string; steps: StepRow[] }>({
    name: 'select-steps',
    text: `SELECT application_id, json_agg(json_build_object(
                    'name', name, 'status', status, 'attempts', attempts, 'reason', reason,
                    'startedAt', round(extract(epoch FROM started_at) * 1000),
                    'finishedAt', round(extract(epoch FROM finished_at) * 1000),
                    'output', output, 'waitsFor', waits_for) ORDER BY position) AS steps
           FROM application_steps WHERE application_id = ANY($1::uuid[]) GROUP BY application_id`,
    values: [ids],
  });
  const steps = new Map(rows.map((row) => [row.application_id, row.steps]));
  return new Map(
    locked.rows.map((row) => [row.id, applicationOf({ ...row, steps: steps.get(row.id) ?? [] })]),
  );
}

function applicationOf(row: Row): Application {
  return {
    id: row.id,
    type: row.type_code,
    version: row.type_version,
    applicantId: row.applicant_id,
    data: row.data,
    status: row.status,
    steps: row.steps as readonly Step[],
    decision:
      row.decision_outcome === null
        ? null
        : { outcome: row.decision_outcome, reason: row.decision_reason, decidedBy: row.decided_by },
    revision: row.revision,
    createdAt: row.created_at.getTime(),
  };
}
