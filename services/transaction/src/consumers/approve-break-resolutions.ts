import { type ApproveBreakResolution, PostAdjustment } from '@florin/contracts';
import { type Transaction as DatabaseTransaction, uuidv7 } from '@florin/database';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { approveResolution, lockBreaks, withdrawApproval } from '../db/change-breaks.js';
import { findPaymentRecords } from '../db/find-payment-records.js';
import { insertTransactions, type NewTransaction } from '../db/insert-transactions.js';
import type { BreakRow } from '../db/reconciliation-break-row.js';
import { postAdjustmentOf } from '../domain/adjustment.js';
import { clearSettledBreaks } from '../reconciliation/clear-settled-breaks.js';
import { sendBreaks } from '../reconciliation/import-settlement-file.js';
import { renewStaleBreak } from '../reconciliation/renew-stale-break.js';
import { callOf } from './call-of.js';

/**
 * A second operator agrees: the correction becomes a transaction, and the ledger is asked to post it. Without a correction
 * the difference is accepted as it is.
 */
export async function approveBreakResolutions(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<ApproveBreakResolution>[],
): Promise<void> {
  const now = context.clock.now();
  await lockBreaks(
    unit.tx,
    messages.map(({ value }) => value.breakId),
  );
  for (const cause of messages) {
    const { meta, breakId, version } = cause.value;
    // What was proposed may have healed since: a correction would move the money a second time.
    const cleared = await clearSettledBreaks(unit, new Date(now), breakId);
    const outdated = cleared.length > 0 ? cleared : await renewStaleBreak(unit, breakId);
    sendBreaks(unit, outdated, { cause });
    if (outdated.length > 0) continue;
    const ids = { breakId, adjustmentTransactionId: uuidv7() };
    const approval = { ...ids, version, actor: meta.actor, now: new Date(now) };
    const changed = await approveResolution(unit.tx, approval);
    if (!changed) continue;
    if (changed.status === 'resolved') {
      sendBreaks(unit, [changed], { cause });
      continue;
    }
    if (await isPending(unit.tx, changed)) {
      // The correction would come on top of what the payment itself may still do.
      const refusal = { breakId, version: changed.version, reason: 'payment-pending' };
      sendBreaks(unit, [(await withdrawApproval(unit.tx, refusal))!], { cause });
      continue;
    }
    await post(unit, changed, cause, now);
    sendBreaks(unit, [changed], { cause });
  }
}

/** The payment will end by itself, and the ledger will hear of that. */
async function isPending(tx: DatabaseTransaction, { transactionId }: BreakRow): Promise<boolean> {
  if (transactionId === null) return false;
  const records = await findPaymentRecords(tx, [transactionId]);
  return records.some(({ status }) => status === 'pending');
}

async function post(
  unit: UnitOfWork,
  row: BreakRow,
  cause: Received<ApproveBreakResolution>,
  now: number,
): Promise<void> {
  const { adjustment, adjustmentTransactionId: transactionId, currency } = row;
  if (!adjustment || !transactionId) throw new Error(`break ${row.id} has no correction to post`);
  const description = `Correction ${row.id}`;
  const { sourceWalletId, sourceOwnerId, destinationWalletId, destinationOwnerId, amount } = adjustment;
  const transaction: NewTransaction = {
    id: transactionId,
    type: 'adjustment',
    origin: null,
    status: 'pending',
    sourceWalletId,
    sourceOwnerId,
    destinationWalletId,
    destinationOwnerId,
    amount,
    fee: 0,
    currency,
    description,
    declineReason: null,
    createdAt: now,
    completedAt: null,
    request: 'PostAdjustment',
    ...callOf(cause),
  };
  await insertTransactions(unit, [transaction], now);
  const { key, body } = postAdjustmentOf({ transactionId, adjustment, currency, description });
  unit.send(PostAdjustment, key, body, { cause });
}
