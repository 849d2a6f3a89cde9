import type { HoldOperationDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { advanceWithdrawals } from '../db/advance-withdrawals.js';
import { declineWithdrawals } from './decline-withdrawals.js';
import { firstOfEach } from './first-of-each.js';

/**
 * The hold of a withdrawal was resolved before. A void that is too late has nothing left to do: the money is available.
 * A capture that is too late is money that has left without being covered, for a person to settle.
 */
export async function onHoldOperationsDeclined(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<HoldOperationDeclined>[],
): Promise<void> {
  const causes = new Map(firstOfEach(messages).map((message) => [message.value.transactionId, message]));
  const of = (operation: string) =>
    [...causes.values()]
      .filter(({ value }) => value.operation === operation)
      .map(({ value }) => ({ transactionId: value.transactionId }));
  const now = new Date(context.clock.now());
  const released = await advanceWithdrawals(unit.tx, 'voided', of('void'), now);
  await declineWithdrawals(unit, released, causes, now);
  for (const { transactionId } of await advanceWithdrawals(unit.tx, 'capture-declined', of('capture'), now)) {
    const { reason } = causes.get(transactionId)!.value;
    context.logger.error({ transactionId, reason }, 'a withdrawal was paid out that no hold covers');
  }
}
