import type { Messaging } from '@florin/messaging';
import type { Counter } from '@florin/observability';
import { every, type Job } from '@florin/runtime';
import { v5 as uuidv5 } from 'uuid';
import { sendOutcomes } from '../consumers/send-outcomes.js';
import type { WalletContext } from '../context.js';
import { findExpiredHolds } from '../db/find-expired-holds.js';
import { postBatch } from '../db/post-batch.js';
import { tryJobLock } from '../db/try-job-lock.js';
import type { ExpireHoldCommand } from '../domain/ledger-command.js';

/** Holds of one transaction: bounds how long the wallets are locked. */
const batchSize = 500;
const namespace = '0b7f1f5c-64f1-5f0c-9a58-6a1b6a0c2f11';

export function expireHoldsJob(context: WalletContext, expiredTotal: Counter): Job {
  const { config, logger, messaging } = context;
  const work = async (signal: AbortSignal): Promise<void> => {
    const expired = await expireHolds(context, messaging, signal);
    expiredTotal.inc(expired);
    if (expired > 0) logger.debug({ expired }, 'holds expired');
  };
  return every(config.WALLET_HOLD_EXPIRY_INTERVAL_MS, work, { name: 'expire-holds', logger });
}

/**
 * Gives back what remains of holds whose time is over, through the same door as every posting. Any number of instances
 * may run it: one at a time works, and the hold is looked at again under the lock of its wallet.
 * @returns how many holds have expired
 */
export async function expireHolds(
  context: Pick<WalletContext, 'clock'>,
  messaging: Pick<Messaging, 'transaction'>,
  signal?: AbortSignal,
): Promise<number> {
  let total = 0;
  for (;;) {
    const { found, expired } = await expireBatch(context.clock.now(), messaging);
    total += expired;
    if (found < batchSize || signal?.aborted) return total;
  }
}

function expireBatch(
  now: number,
  messaging: Pick<Messaging, 'transaction'>,
): Promise<{ found: number; expired: number }> {
  return messaging.transaction(async (unit) => {
    if (!(await tryJobLock(unit.tx, 'expire-holds'))) return { found: 0, expired: 0 };
    const holdIds = await findExpiredHolds(unit.tx, now, batchSize);
    if (holdIds.length === 0) return { found: 0, expired: 0 };
    const pending = (statement: Promise<unknown>) => unit.pending(statement);
    const batch = await postBatch(unit.tx, holdIds.map(expiryOf), { now, shard: 0, pending });
    sendOutcomes(unit, batch, () => undefined);
    return { found: holdIds.length, expired: batch.outcomes.length };
  });
}

/** The business key follows from the hold: whoever expires it, and how often, it expires once. */
function expiryOf(holdId: string): ExpireHoldCommand {
  return { kind: 'expiry', transactionId: uuidv5(holdId, namespace), holdId, deadlineAt: null };
}
