import type { Delivery } from './delivery.js';
import { classify, describeFailure } from './failure.js';
import { applyLimitMs, namedTimeout } from './handler-timeout.js';
import { claimInbox } from './inbox.js';
import type { UnitFactory } from './message-unit.js';
import type { ReplayOutcome } from './replay-outcome.js';

interface Rehearsed {
  readonly outcome: ReplayOutcome;
  readonly detail?: string;
}

/** Carries the verdict out of a transaction that must not commit. */
class RolledBack extends Error {
  constructor(readonly rehearsed: Rehearsed) {
    super('rolled back on purpose');
  }
}

/**
 * Runs the handler of one message as if it were delivered, in a transaction of its own that is rolled back: nothing
 * is stored, sent or remembered. A handler that calls a provider is not run, because a call cannot be rolled back.
 * @throws whatever says that the database is away: the message has not been judged then
 */
export async function rehearse(units: UnitFactory, group: string, delivery: Delivery): Promise<Rehearsed> {
  const { handler, received, fingerprint } = delivery;
  const limits = { timeoutMs: applyLimitMs([handler]) };
  try {
    return await units.run(async (unit): Promise<never> => {
      const id = received.value.meta.messageId;
      const [claim] = await claimInbox(unit, group, [{ id, fingerprint }]);
      if (claim === 'duplicate') throw new RolledBack({ outcome: 'duplicate' });
      if (claim === 'conflict') throw new RolledBack({ outcome: 'failed', detail: 'ID_CONFLICT' });
      if (handler.perform) throw new RolledBack({ outcome: 'not-dry-runnable' });
      await handler.apply(unit, [{ message: received, result: undefined }]);
      await unit.settled();
      // Deferred constraints are checked by a commit, which does not come.
      await unit.tx.query('SET CONSTRAINTS ALL IMMEDIATE');
      throw new RolledBack({ outcome: 'would-apply' });
    }, limits);
  } catch (error) {
    if (error instanceof RolledBack) return error.rehearsed;
    if (classify(error) === 'infrastructure') throw error;
    const { code, message } = describeFailure(namedTimeout(error), group, received.definition.name);
    return { outcome: 'failed', detail: `${code}: ${message}` };
  }
}
