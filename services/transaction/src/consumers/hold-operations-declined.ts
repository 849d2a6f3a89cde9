import type { HoldOperationDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { advanceWithdrawals } from '../db/advance-withdrawals.js';
import { isReleased } from '../domain/withdrawal.js';
import { declineWithdrawals } from './decline-withdrawals.js';
import { firstOfEach } from './first-of-each.js';
import { hopsOf } from './hops-of.js';

/**
 * The hold of a withdrawal was resolved before. A void that is too late has nothing left to do when the money is available
 * already; otherwise the withdrawal stays as it is, overdue, for a person. A capture that is too late is money that has
 * left without being covered, for a person to settle.
 */
export async function onHoldOperationsDeclined(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<HoldOperationDeclined>[],
): Promise<void> {
  const causes = new Map(firstOfEach(messages).map((message) => [message.value.transactionId, message]));
  const refused = [...causes.values()].map(({ value }) => value);
  const voids = refused.filter(({ operation }) => operation === 'void');
  const captures = refused.filter(({ operation }) => operation === 'capture');
  const advanceOf = (transactionId: string, request: string) => ({
    transactionId,
    hops: hopsOf(causes.get(transactionId)!, request),
  });
  const now = new Date(context.clock.now());
  for (const { transactionId, reason } of voids.filter((one) => !isReleased(one.reason))) {
    unit.afterCommit(() =>
      context.logger.error({ transactionId, reason }, 'the hold of a refused withdrawal cannot be voided'),
    );
  }
  const over = voids.filter(({ reason }) => isReleased(reason));
  const released = await advanceWithdrawals(
    unit.tx,
    'voided',
    over.map(({ transactionId }) => advanceOf(transactionId, 'VoidHold')),
    now,
  );
  await declineWithdrawals(unit, released, causes, now);
  const uncovered = await advanceWithdrawals(
    unit.tx,
    'capture-declined',
    captures.map(({ transactionId }) => advanceOf(transactionId, 'CaptureHold')),
    now,
  );
  for (const { transactionId } of uncovered) {
    const { reason } = causes.get(transactionId)!.value;
    context.logger.error({ transactionId, reason }, 'a withdrawal was paid out that no hold covers');
  }
}
