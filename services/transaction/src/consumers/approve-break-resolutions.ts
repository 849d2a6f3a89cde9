import { type ApproveBreakResolution, PostAdjustment } from '@florin/contracts';
import { uuidv7 } from '@florin/database';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { approveResolution } from '../db/change-breaks.js';
import { insertTransactions } from '../db/insert-transactions.js';
import type { BreakRow } from '../db/reconciliation-break-row.js';
import type { Transaction } from '../domain/transaction.js';
import { sendBreaks } from '../reconciliation/import-settlement-file.js';

/** A second operator agrees: the correction becomes a transaction, and the ledger is asked to post it. */
export async function approveBreakResolutions(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<ApproveBreakResolution>[],
): Promise<void> {
  const now = context.clock.now();
  for (const cause of messages) {
    const { meta, breakId, version } = cause.value;
    const approval = { breakId, version, actor: meta.actor, adjustmentTransactionId: uuidv7() };
    const changed = await approveResolution(unit.tx, approval);
    if (!changed) continue;
    await post(unit, changed, cause, now);
    sendBreaks(unit, [changed], { cause });
  }
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
  const { sourceOwnerId, destinationOwnerId, ...sides } = adjustment;
  const { sourceWalletId, destinationWalletId, amount } = adjustment;
  const transaction: Transaction = {
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
  };
  await insertTransactions(unit.tx, [transaction]);
  const key = sourceWalletId ?? destinationWalletId ?? transactionId;
  unit.send(PostAdjustment, key, { transactionId, ...sides, currency, description }, { cause });
}
