import { BreakerOpenError, ProviderError, ProviderRejectedError } from '@florin/resilience';
import { every, type Job } from '@florin/runtime';
import type { WalletContext } from '../context.js';
import { type CardOrder, claimCardOrders } from '../db/claim-card-orders.js';
import { postponeCardOrder } from '../db/postpone-card-order.js';
import { pauseAfterMs } from '../domain/card-order.js';
import { recordIssued, recordRefused } from './record-card.js';

const intervalMs = 1_000;
/** The lease outlives the call it is for. */
const leaseMarginMs = 10_000;

/**
 * Orders requested cards from the issuer. A job and no message handler: an issuer that hangs must not hold up the
 * postings that share a partition with the request for a card.
 */
export function orderCardsJob(context: WalletContext): Job {
  const { clock, config, database, logger } = context;
  const limit = config.ISSUER_CONCURRENCY;
  return every(
    intervalMs,
    async () => {
      for (;;) {
        const now = clock.now();
        const leaseUntil = new Date(now + config.ISSUER_TIMEOUT_MS + leaseMarginMs);
        const orders = await claimCardOrders(database.pool, { now: new Date(now), leaseUntil, limit });
        await Promise.all(orders.map((order) => process(context, order)));
        if (orders.length < limit) return;
      }
    },
    { name: 'order-cards', logger },
  );
}

async function process(context: WalletContext, order: CardOrder): Promise<void> {
  try {
    await recordIssued(context, order, await context.issuer.order(order.cardId));
  } catch (error) {
    if (error instanceof ProviderRejectedError && !error.retryable) {
      await recordRefused(context, order, 'refused-by-issuer');
    } else {
      await postpone(context, order, error);
    }
  }
}

async function postpone(context: WalletContext, order: CardOrder, error: unknown): Promise<void> {
  const { clock, database, logger } = context;
  const { cardId, attempts } = order;
  // Named fields only: what the issuer answered, which the error carries, is not ours to log.
  if (error instanceof ProviderError) {
    logger.warn({ cardId, attempts, reason: error.code, detail: error.message }, 'card is not issued yet');
  } else {
    logger.error({ cardId, attempts, err: error }, 'card is not issued yet');
  }
  const isOpen = error instanceof BreakerOpenError;
  const pauseMs = isOpen ? error.retryAfterMs : pauseAfterMs(attempts, Math.random());
  await postponeCardOrder(database.pool, order, new Date(clock.now() + pauseMs));
}
