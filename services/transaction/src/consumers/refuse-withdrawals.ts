import type { HoldDeclined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { advanceWithdrawals } from '../db/advance-withdrawals.js';
import { findWithdrawalsOfHolds } from '../db/find-withdrawals-of-holds.js';
import { declineWithdrawals } from './decline-withdrawals.js';
import { hopsOf } from './hops-of.js';

/** Nothing was set aside: the withdrawals are declined before the provider hears of them. */
export async function refuseWithdrawals(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<HoldDeclined>[],
): Promise<void> {
  const byHold = new Map(messages.map((message) => [message.value.holdId, message]));
  const withdrawals = await findWithdrawalsOfHolds(unit.tx, [...byHold.keys()]);
  const causes = new Map([...withdrawals].map(([holdId, id]) => [id, byHold.get(holdId)!]));
  const advances = [...causes].map(([transactionId, cause]) => ({
    transactionId,
    refusalReason: cause.value.reason,
    hops: hopsOf(cause, 'PlaceHold'),
  }));
  const now = new Date(context.clock.now());
  const refused = await advanceWithdrawals(unit.tx, 'hold-declined', advances, now);
  await declineWithdrawals(unit, refused, causes, now);
}
