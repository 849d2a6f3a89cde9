import type { Application } from './application.js';
import { changeStep, type Progress } from './progress.js';
import type { Workflow } from './workflow.js';

export interface ManualDecision {
  readonly outcome: 'approved' | 'declined';
  readonly reason: string;
  /** Who decides: an id, or an actor such as `customer:<id>`. */
  readonly decidedBy: string;
}

export type Refusal = 'not-waiting-for-decision' | 'decider-is-applicant';

/** Resolves the decision that waits for a person, who must be somebody else than the applicant. */
export function decideManually(
  workflow: Workflow,
  application: Application,
  decision: ManualDecision,
  now: number,
): Progress | Refusal {
  const name = workflow.steps.find((step) => step.kind === 'decision')?.name;
  const step = application.steps.find((candidate) => candidate.name === name);
  if (name === undefined || step?.status !== 'waiting') return 'not-waiting-for-decision';
  if (decision.decidedBy.endsWith(application.applicantId)) return 'decider-is-applicant';
  const { outcome, reason } = decision;
  const change = { status: 'completed', finishedAt: now, output: { outcome }, reason } as const;
  return changeStep(workflow, application, name, { step: change, decision }, now);
}
