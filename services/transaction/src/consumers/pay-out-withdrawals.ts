import type { HoldPlaced } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { advanceWithdrawals } from '../db/advance-withdrawals.js';
import { findWithdrawalsOfHolds } from '../db/find-withdrawals-of-holds.js';
import { hopsOf } from './hops-of.js';

/** The money is set aside: the provider may be asked to pay. */
export async function payOutWithdrawals(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<HoldPlaced>[],
): Promise<void> {
  const placed = new Map(messages.map((message) => [message.value.holdId, message]));
  const withdrawals = await findWithdrawalsOfHolds(unit.tx, [...placed.keys()]);
  const advances = [...withdrawals].map(([holdId, transactionId]) => ({
    transactionId,
    hops: hopsOf(placed.get(holdId)!, 'PlaceHold'),
  }));
  const now = new Date(context.clock.now());
  const due = await advanceWithdrawals(unit.tx, 'hold-placed', advances, now);
  if (due.length > 0) unit.afterCommit(() => context.wakeWithdrawalJob());
}
