export type StepStatus = 'pending' | 'running' | 'waiting' | 'completed' | 'failed' | 'skipped';

export interface Step {
  readonly name: string;
  readonly status: StepStatus;
  readonly attempts: number;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly reason: string | null;
  /** What later steps may look at. */
  readonly output: unknown;
  /** Id of the wallet or card whose event continues the step. */
  readonly waitsFor: string | null;
}

export interface Decision {
  readonly outcome: 'approved' | 'declined';
  readonly reason: string | null;
  /** Null when the rules decided. */
  readonly decidedBy: string | null;
}

export type ApplicationStatus =
  | 'submitted'
  | 'in_progress'
  | 'waiting_for_decision'
  | 'approved'
  | 'declined'
  | 'failed';

export interface Application {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly applicantId: string;
  readonly data: unknown;
  readonly status: ApplicationStatus;
  readonly steps: readonly Step[];
  readonly decision: Decision | null;
  /** Grows with each change. */
  readonly revision: number;
  readonly createdAt: number;
}

const finished: ReadonlySet<StepStatus> = new Set(['completed', 'failed', 'skipped']);

export const isFinished = (step: Step): boolean => finished.has(step.status);

/** The status follows from the steps and the decision; nothing sets it by hand. */
export function statusOf(steps: readonly Step[], decision: Decision | null): ApplicationStatus {
  if (steps.some((step) => step.status === 'failed')) return 'failed';
  if (steps.every(isFinished)) return decision?.outcome ?? 'approved';
  // A wait for a wallet or a card has the id of what it waits for; a wait for a person has none.
  if (steps.some((step) => step.status === 'waiting' && step.waitsFor === null))
    return 'waiting_for_decision';
  return steps.some((step) => isFinished(step) || step.status === 'waiting') ? 'in_progress' : 'submitted';
}
