import type { ResolveBreak } from '@florin/contracts';
import type { Transaction as DatabaseTransaction } from '@florin/database';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { lockBreaks, lockOpenBreak, proposeResolution, refuseProposal } from '../db/change-breaks.js';
import { findPaymentRecords } from '../db/find-payment-records.js';
import { findTransactions } from '../db/find-transactions.js';
import type { BreakRow } from '../db/reconciliation-break-row.js';
import { keyOf } from '../domain/reconcile.js';
import { type AdjustmentRefusal, needsTwoOperators, refuseAdjustment } from '../domain/resolution.js';
import { sendBreaks } from '../reconciliation/import-settlement-file.js';

/**
 * An operator accepts a difference, or proposes how the books are corrected. A break that is settled stays as it is, and a
 * proposal that may not be made takes nothing away from the one before it.
 */
export async function resolveBreaks(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<ResolveBreak>[],
): Promise<void> {
  const now = new Date(context.clock.now());
  await lockBreaks(
    unit.tx,
    messages.map(({ value }) => value.breakId),
  );
  for (const cause of messages) {
    const { meta, ...proposal } = cause.value;
    const known = await lockOpenBreak(unit.tx, proposal.breakId);
    if (!known) continue;
    const reason = await refusalOf(unit.tx, known, proposal);
    const present = await presentStatusOf(unit.tx, known);
    const isFinal = !needsTwoOperators(known, proposal.adjustment, present);
    const changed = reason
      ? await refuseProposal(unit.tx, known.id, reason)
      : await proposeResolution(unit.tx, { ...proposal, isFinal, actor: meta.actor, now });
    if (changed) sendBreaks(unit, [changed], { cause });
    else
      context.logger.warn({ breakId: known.id, reason }, 'a proposal is refused: the one before it stands');
  }
}

/** What has become of our payment by now; null when the difference belongs to none. */
async function presentStatusOf(
  tx: DatabaseTransaction,
  { paymentKind, transactionId }: BreakRow,
): Promise<string | null> {
  if (transactionId === null) return null;
  const records = await findPaymentRecords(tx, [transactionId]);
  const key = keyOf(paymentKind, transactionId);
  return records.find((record) => keyOf(record.kind, record.transactionId) === key)?.status ?? null;
}

/** The edge says the same to whoever asks; what moves money does not rely on it. */
async function refusalOf(
  tx: DatabaseTransaction,
  known: BreakRow,
  { adjustment }: Pick<ResolveBreak, 'adjustment'>,
): Promise<AdjustmentRefusal | undefined> {
  if (adjustment === null) return undefined;
  const id = known.transactionId;
  const transaction = id === null ? undefined : (await findTransactions(tx, [id])).get(id);
  const walletIds = transaction ? [transaction.sourceWalletId, transaction.destinationWalletId] : [];
  return refuseAdjustment(known, adjustment, walletIds);
}
