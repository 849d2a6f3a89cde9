import type { DecideApplication } from '@florin/contracts';
import { PermanentError, type Received, type UnitOfWork } from '@florin/messaging';
import { changeApplications } from '../change-applications.js';
import type { ApplicationContext } from '../context.js';
import { decideManually, type ManualDecision } from '../domain/decide-manually.js';

/** Resolves decisions that wait for a person. The edge has refused what is not allowed; what slips through is logged. */
export async function decideApplications(
  context: ApplicationContext,
  unit: UnitOfWork,
  messages: readonly Received<DecideApplication>[],
): Promise<void> {
  const now = context.clock.now();
  await changeApplications(
    context,
    unit,
    messages.map((cause) => {
      const { applicationId, reason, decidedBy } = cause.value;
      const decision = { outcome: outcomeOf(cause.value.outcome), reason, decidedBy };
      return {
        applicationId,
        cause,
        change: (application, { workflow }) => {
          const result = decideManually(workflow, application, decision, now);
          if (typeof result !== 'string') return result;
          context.logger.warn({ applicationId, refusal: result }, 'a manual decision was ignored');
          return undefined;
        },
      };
    }),
  );
}

function outcomeOf(text: string): ManualDecision['outcome'] {
  if (text === 'approved' || text === 'declined') return text;
  throw new PermanentError('decision-outcome-unknown', `there is no decision outcome ${text}`);
}
