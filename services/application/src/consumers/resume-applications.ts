import type { Message } from '@florin/contracts';
import type { ApplyBatch, Received, UnitOfWork } from '@florin/messaging';
import { changeApplications } from '../change-applications.js';
import type { ApplicationContext } from '../context.js';
import { findWaitingApplications } from '../db/find-waiting-applications.js';
import { type Reply, resumeStep } from '../domain/run-step.js';

export interface Awaited {
  /** Id of the wallet or card. */
  readonly id: string;
  readonly reply: Reply;
}

/** Continues the steps that wait for the wallets or cards that a batch of events speaks of. */
export function resumeApplications<T extends Message>(
  context: ApplicationContext,
  awaitedOf: (event: T) => Awaited,
): ApplyBatch<T> {
  return async (unit: UnitOfWork, messages: readonly Received<T>[]) => {
    const now = context.clock.now();
    const events = messages.map((cause) => ({ cause, ...awaitedOf(cause.value) }));
    const waiting = await findWaitingApplications(
      unit.tx,
      events.map(({ id }) => id),
    );
    await changeApplications(
      context,
      unit,
      events.flatMap(({ cause, id, reply }) => {
        const applicationId = waiting.get(id);
        if (applicationId === undefined) return [];
        return [
          {
            applicationId,
            cause,
            change: (application, { workflow }) => resumeStep(workflow, application, id, reply, now),
          },
        ];
      }),
    );
  };
}
