import type { ResolveBreak } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { proposeResolution } from '../db/change-breaks.js';
import { sendBreaks } from '../reconciliation/import-settlement-file.js';

/** An operator accepts a difference, or proposes how the books are corrected. A break that is settled stays as it is. */
export async function resolveBreaks(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<ResolveBreak>[],
): Promise<void> {
  const now = new Date(context.clock.now());
  for (const cause of messages) {
    const { meta, ...proposal } = cause.value;
    const changed = await proposeResolution(unit.tx, { ...proposal, actor: meta.actor, now });
    if (changed) sendBreaks(unit, [changed], { cause });
  }
}
