import { BreakerOpenError, ProviderError } from '@florin/resilience';
import type { TransactionContext } from '../context.js';
import type { ClaimedPayment } from '../db/claimed-payment.js';
import { postponePayment } from '../db/postpone-payment.js';
import { pauseAfterMs } from '../domain/payment-attempt.js';
import { NothingSentError, OutcomeAwaitedError } from './make-payment.js';
import type { PaymentQueue } from './payment-queues.js';

/** Calls one attempt may make: asking before, paying, asking after. The lease outlives all of them. */
const callsPerAttempt = 3;
const leaseMarginMs = 10_000;

/** Work on due payments of a queue: claim, call the provider, record. Several instances share the queue. */
export class PaymentJob<T extends ClaimedPayment> {
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly context: TransactionContext,
    private readonly queue: PaymentQueue<T>,
    /** Called when a place is free: there may be more due than there were places. */
    private readonly onFree: () => void,
  ) {}

  /** Claims as many due payments as there are free places and starts on them; returns how many. */
  async claim(): Promise<number> {
    const { clock, config, database } = this.context;
    const limit = config.PSP_CONCURRENCY - this.running.size;
    if (limit <= 0) return 0;
    const now = clock.now();
    const leaseMs = callsPerAttempt * config.PSP_TIMEOUT_MS + leaseMarginMs;
    const claimed = await this.queue.claim(database.pool, {
      now: new Date(now),
      leaseUntil: new Date(now + leaseMs),
      limit,
    });
    for (const payment of claimed) {
      const work = this.process(payment).finally(() => {
        this.running.delete(work);
        this.onFree();
      });
      this.running.add(work);
    }
    return claimed.length;
  }

  /** Resolves when nothing is under way; each call to the provider is bounded by its timeout. */
  async settle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private async process(payment: T): Promise<void> {
    try {
      await this.queue.process(this.context, payment);
    } catch (error) {
      await this.postpone(payment, error);
    }
  }

  private async postpone(payment: T, thrown: unknown): Promise<void> {
    const { clock, database, logger } = this.context;
    const { transactionId, state, attempts } = payment;
    const facts = { transactionId, state, attempts };
    const error = thrown instanceof NothingSentError ? thrown.cause : thrown;
    if (error instanceof ProviderError || error instanceof OutcomeAwaitedError) {
      // Named fields only: the answer of the provider, which the error carries, may echo what we sent.
      logger.warn({ ...facts, reason: error.code, detail: error.message }, 'payment has no outcome yet');
    } else {
      logger.error({ ...facts, err: error }, 'payment has no outcome yet');
    }
    const now = clock.now();
    const isOpen = error instanceof BreakerOpenError;
    const pauseMs = isOpen ? error.retryAfterMs : pauseAfterMs(attempts, Math.random());
    try {
      await postponePayment(database.pool, this.queue.table, payment, {
        now: new Date(now),
        nextAttemptAt: new Date(now + pauseMs),
        isAttemptCounted: !isOpen,
        wasSent: error === thrown && !(error instanceof ProviderError && !error.outcomeUnknown),
      });
    } catch (failure) {
      // The lease runs out by itself and gives the payment back.
      logger.error({ err: failure, transactionId }, 'payment could not be postponed');
    }
  }
}
