import type { CheckPayment } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { wakePayments } from '../db/wake-payments.js';

/**
 * The provider has called back: payments that wait for it are asked for at once. What the callback said decides
 * nothing, so callbacks may come twice, late, in any order and even from somebody else.
 */
export async function checkPayments(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<CheckPayment>[],
): Promise<void> {
  const ids = [...new Set(messages.map(({ value }) => value.transactionId))].sort();
  if (!(await wakePayments(unit.tx, ids, new Date(context.clock.now())))) return;
  unit.afterCommit(() => context.wakeDepositJob());
  unit.afterCommit(() => context.wakeWithdrawalJob());
}
