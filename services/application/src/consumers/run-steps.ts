import { RunStep } from '@florin/contracts';
import {
  DependencyUnavailableError,
  type Handler,
  handleExternal,
  MessagingError,
  type Performed,
  PermanentError,
  type Received,
  type UnitOfWork,
} from '@florin/messaging';
import { toMessagingError } from '@florin/runtime';
import { v7 as uuidv7 } from 'uuid';
import { changeApplications } from '../change-applications.js';
import type { ApplicationContext } from '../context.js';
import { readApplication, type StoredApplication } from '../db/read-application.js';
import { factAt } from '../domain/facts.js';
import { changeStep, factsOf } from '../domain/progress.js';
import { runStep } from '../domain/run-step.js';
import type { WorkflowStep } from '../domain/workflow.js';

/** Answer of the provider; undefined for steps that ask none. */
type Answer = unknown;

/**
 * Runs steps. A provider is asked outside of the transaction, by what the application held before; the step is then
 * run under the lock of its application, which ignores a step whose turn it is not.
 */
export function runSteps(context: ApplicationContext): Handler {
  return handleExternal<RunStep, Answer>(RunStep, {
    perform: (message) => perform(context, message),
    apply: (unit, items) => apply(context, unit, items),
  });
}

async function perform(context: ApplicationContext, message: Received<RunStep>): Promise<Answer> {
  const { applicationId, step: name } = message.value;
  const application = await readApplication(context.prisma, applicationId);
  if (!application) {
    throw new PermanentError('application-unknown', `application ${applicationId} does not exist`);
  }
  const { typeCode, typeVersion } = application;
  const { workflow } = await context.types.get(context.database.pool, typeCode, typeVersion);
  const step = workflow.steps.find((candidate) => candidate.name === name);
  if (!step)
    throw new PermanentError('step-unknown', `version ${typeVersion} of ${typeCode} has no step ${name}`);
  const isTurn = application.steps.some((each) => each.name === name && each.status === 'running');
  if (!isTurn || (step.kind !== 'kyc' && step.kind !== 'credit-bureau')) return undefined;
  try {
    const reference = `${applicationId}:${name}`;
    return await context.providers.ask(step.kind, { reference, input: inputOf(step, application) });
  } catch (error) {
    const failure = toMessagingError(error);
    // An open breaker called nobody: it is no attempt.
    if (!(failure instanceof DependencyUnavailableError)) await recordAttempt(context, message, failure);
    throw failure;
  }
}

function inputOf(
  step: Extract<WorkflowStep, { input: unknown }>,
  { data, steps, decisionOutcome }: StoredApplication,
): Record<string, unknown> {
  const facts = factsOf({ data, steps, decision: { outcome: decisionOutcome } });
  return Object.fromEntries(
    Object.entries(step.input).map(([field, pointer]) => [field, factAt(facts, pointer)]),
  );
}

/** An application whose provider fails must not look as if nothing happened: attempts and reason show in its step. */
async function recordAttempt(
  context: ApplicationContext,
  cause: Received<RunStep>,
  failure: unknown,
): Promise<void> {
  const { applicationId, step: name } = cause.value;
  const reason = failure instanceof MessagingError ? failure.code : 'unexpected';
  const now = context.clock.now();
  await context.messaging.transaction((unit) =>
    changeApplications(context, unit, [
      {
        applicationId,
        cause,
        change: (application, { workflow }) => {
          const step = application.steps.find((each) => each.name === name);
          if (step?.status !== 'running') return undefined;
          const change = { step: { attempts: step.attempts + 1, reason } };
          return changeStep(workflow, application, name, change, now);
        },
      },
    ]),
  );
}

async function apply(
  context: ApplicationContext,
  unit: UnitOfWork,
  items: readonly Performed<RunStep, Answer>[],
): Promise<void> {
  const now = context.clock.now();
  await changeApplications(
    context,
    unit,
    items.map(({ message, result }) => ({
      applicationId: message.value.applicationId,
      cause: message,
      change: (application, { workflow, problemsOf }) =>
        runStep(
          workflow,
          application,
          message.value.step,
          { answer: result, problems: () => problemsOf(application.data), newId: uuidv7 },
          now,
        ),
    })),
  );
}
