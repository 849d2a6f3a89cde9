import { type Application, type Decision, type Step, statusOf } from './application.js';
import type { Effect } from './effect.js';
import { allHold, type Facts } from './facts.js';
import type { Workflow } from './workflow.js';

/** An application after a change, and what the change sets off. */
export interface Progress {
  readonly application: Application;
  readonly effects: readonly Effect[];
}

/** The change of one step, together with a decision if it brought one. */
export interface StepChange {
  readonly step: Partial<Step>;
  readonly decision?: Decision;
  readonly effects?: readonly Effect[];
}

export interface FactSources {
  readonly data: unknown;
  readonly steps: readonly Pick<Step, 'name' | 'output'>[];
  readonly decision: unknown;
}

export function factsOf({ data, steps, decision }: FactSources): Facts {
  const outputs = steps.filter((step) => step.output !== null).map((step) => [step.name, step.output]);
  return { data, steps: Object.fromEntries(outputs) as Record<string, unknown>, decision };
}

export interface Submission {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly applicantId: string;
  readonly data: unknown;
}

/** A new application with its first step on the way. */
export function submit(workflow: Workflow, submission: Submission, now: number): Progress {
  const steps = workflow.steps.map(
    ({ name }): Step => ({
      name,
      status: 'pending',
      attempts: 0,
      startedAt: null,
      finishedAt: null,
      reason: null,
      output: null,
      waitsFor: null,
    }),
  );
  const draft = {
    ...submission,
    steps,
    status: 'submitted' as const,
    decision: null,
    revision: 0,
    createdAt: now,
  };
  return proceed(workflow, draft, now);
}

/** Applies the change of a step; when that finished it, the next step starts. */
export function changeStep(
  workflow: Workflow,
  application: Application,
  name: string,
  change: StepChange,
  now: number,
): Progress {
  const steps = application.steps.map((step) => (step.name === name ? { ...step, ...change.step } : step));
  const changed = { ...application, steps, decision: change.decision ?? application.decision };
  const { application: next, effects } = proceed(workflow, changed, now);
  return { application: next, effects: [...(change.effects ?? []), ...effects] };
}

/** Starts the next step unless one is under way, skipping those whose conditions do not hold. */
function proceed(workflow: Workflow, application: Application, now: number): Progress {
  const steps = [...application.steps];
  const effects: Effect[] = [];
  const failed = steps.some((step) => step.status === 'failed');
  for (const [index, step] of steps.entries()) {
    if (step.status === 'running' || step.status === 'waiting') break;
    if (step.status !== 'pending') continue;
    const conditions = workflow.steps[index]?.onlyIf ?? [];
    if (failed || !allHold(factsOf({ ...application, steps }), conditions)) {
      steps[index] = { ...step, status: 'skipped', finishedAt: now };
      continue;
    }
    steps[index] = { ...step, status: 'running', startedAt: now };
    effects.push({ type: 'run-step', step: step.name });
    break;
  }
  const { decision, revision } = application;
  return {
    application: { ...application, steps, status: statusOf(steps, decision), revision: revision + 1 },
    effects,
  };
}
