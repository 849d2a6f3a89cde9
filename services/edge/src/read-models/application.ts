import type { StepState } from '@florin/contracts';

export interface ApplicationRow {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly applicantId: string;
  readonly status: string;
  /** `StepState[]` as JSON. */
  readonly steps: unknown;
  readonly decisionOutcome: string | null;
  readonly decisionReason: string | null;
  readonly decidedBy: string | null;
  readonly createdAt: Date;
}

export function applicationResource(row: ApplicationRow) {
  return {
    id: row.id,
    type: row.type,
    version: row.version,
    applicantId: row.applicantId,
    status: row.status,
    steps: (row.steps as readonly StepState[]).map(stepResource),
    ...(row.decisionOutcome === null
      ? {}
      : {
          decision: { outcome: row.decisionOutcome, reason: row.decisionReason, decidedBy: row.decidedBy },
        }),
    createdAt: row.createdAt.toISOString(),
  };
}

function stepResource(step: StepState) {
  return {
    name: step.name,
    status: step.status,
    attempts: step.attempts,
    startedAt: step.startedAt === null ? null : new Date(step.startedAt).toISOString(),
    finishedAt: step.finishedAt === null ? null : new Date(step.finishedAt).toISOString(),
    reason: step.reason,
  };
}

const finalStatuses = new Set(['approved', 'declined', 'failed', 'withdrawn']);

/** True when the workflow has ended. */
export function isFinalApplication(status: string): boolean {
  return finalStatuses.has(status);
}

/** True when only a person can move the application on, so that waiting for it in a call is pointless. */
export function isSettledApplication(status: string): boolean {
  return isFinalApplication(status) || status === 'waiting_for_decision';
}
