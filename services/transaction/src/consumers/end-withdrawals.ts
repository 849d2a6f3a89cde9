import type { HoldVoided } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { advanceWithdrawals } from '../db/advance-withdrawals.js';
import { declineWithdrawals } from './decline-withdrawals.js';
import { firstOfEach } from './first-of-each.js';
import { hopsOf } from './hops-of.js';

/** The provider has refused and the money is available again: the withdrawals are declined. */
export async function endWithdrawals(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<HoldVoided>[],
): Promise<void> {
  const causes = new Map(firstOfEach(messages).map((message) => [message.value.transactionId, message]));
  const advances = [...causes].map(([transactionId, cause]) => ({
    transactionId,
    hops: hopsOf(cause, 'VoidHold'),
  }));
  const now = new Date(context.clock.now());
  const released = await advanceWithdrawals(unit.tx, 'voided', advances, now);
  await declineWithdrawals(unit, released, causes, now);
}
