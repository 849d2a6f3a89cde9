import type { Application, Step } from './application.js';
import { decide } from './decision.js';
import { factAt } from './facts.js';
import { changeStep, factsOf, type Progress, type StepChange } from './progress.js';
import { scoreOf } from './score.js';
import type { Workflow, WorkflowStep } from './workflow.js';

/** What running a step may need from outside. */
export interface StepInputs {
  /** Answer of the provider, for steps that ask one. */
  readonly answer: unknown;
  /** Problems of the data under the schema of its type; empty when it fits. */
  readonly problems: () => readonly string[];
  /** A new id, for the wallet or card that a step asks for. */
  readonly newId: () => string;
}

/** Runs the step; undefined when it is not its turn, as after a redelivery. */
export function runStep(
  workflow: Workflow,
  application: Application,
  name: string,
  inputs: StepInputs,
  now: number,
): Progress | undefined {
  const step = application.steps.find((candidate) => candidate.name === name);
  const definition = workflow.steps.find((candidate) => candidate.name === name);
  if (!definition || step?.status !== 'running') return undefined;
  const change = changeOf(definition, application, inputs, now);
  const counted = { reason: null, ...change.step, attempts: step.attempts + 1 };
  return changeStep(workflow, application, name, { ...change, step: counted }, now);
}

function changeOf(
  definition: WorkflowStep,
  application: Application,
  inputs: StepInputs,
  now: number,
): StepChange {
  const facts = factsOf(application);
  switch (definition.kind) {
    case 'validate': {
      const problems = inputs.problems();
      return problems.length === 0
        ? completed({ valid: true }, now)
        : failed(`data-invalid: ${problems.join('; ')}`, now);
    }
    case 'kyc':
    case 'credit-bureau':
      return completed(inputs.answer, now);
    case 'score':
      return completed(scoreOf(definition, facts), now);
    case 'decision': {
      const { outcome, reason } = decide(definition, facts);
      if (outcome === 'manual') return { step: { status: 'waiting', reason } };
      return { ...completed({ outcome }, now, reason), decision: { outcome, reason, decidedBy: null } };
    }
    case 'open-wallet': {
      const walletId = inputs.newId();
      const { walletType, walletName = null } = definition;
      return waitingFor(walletId, { type: 'open-wallet', walletId, walletType, name: walletName });
    }
    case 'issue-card': {
      const walletId = factAt(facts, definition.wallet);
      if (typeof walletId !== 'string') return failed('wallet-missing', now);
      const cardId = inputs.newId();
      return waitingFor(cardId, { type: 'issue-card', cardId, walletId });
    }
    case 'notify': {
      const { outcome, reason } = application.decision ?? { outcome: 'approved', reason: null };
      return { ...completed({ told: outcome }, now), effects: [{ type: 'tell-decision', outcome, reason }] };
    }
  }
}

function completed(output: unknown, now: number, reason: string | null = null): StepChange {
  return { step: { status: 'completed', finishedAt: now, output, reason } };
}

function failed(reason: string, now: number): StepChange {
  return { step: { status: 'failed', finishedAt: now, reason } };
}

function waitingFor(id: string, effect: NonNullable<StepChange['effects']>[number]): StepChange {
  return { step: { status: 'waiting', waitsFor: id }, effects: [effect] };
}

/** What the wallet service answered to a step that waits. */
export type Reply = { readonly output: Readonly<Record<string, unknown>> } | { readonly refusal: string };

/** Continues the step that waits for `id`; undefined when none does. */
export function resumeStep(
  workflow: Workflow,
  application: Application,
  id: string,
  reply: Reply,
  now: number,
): Progress | undefined {
  const step = application.steps.find((candidate) => isWaitingFor(candidate, id));
  if (!step) return undefined;
  const change = 'refusal' in reply ? failed(reply.refusal, now) : completed(reply.output, now);
  return changeStep(workflow, application, step.name, change, now);
}

const isWaitingFor = (step: Step, id: string): boolean => step.status === 'waiting' && step.waitsFor === id;
