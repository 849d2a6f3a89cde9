import { BreakerOpenError, ProviderError } from '@florin/resilience';
import type { TransactionContext } from '../context.js';
import { type ClaimedDeposit, claimDeposits } from '../db/claim-deposits.js';
import { postponeDeposit } from '../db/postpone-deposit.js';
import { pauseAfterMs } from '../domain/deposit.js';
import { chargeDeposit } from './charge-deposit.js';
import { refundDeposit } from './refund-deposit.js';

/** Calls one attempt may make: asking before, charging, asking after. The lease outlives all of them. */
const callsPerAttempt = 3;
const leaseMarginMs = 10_000;

/** Work on due deposits: claim, call the provider, record. Several instances share the queue. */
export class DepositJob {
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly context: TransactionContext) {}

  /** Claims as many due deposits as there are free places and starts on them; returns how many. */
  async claim(): Promise<number> {
    const { clock, config, database } = this.context;
    const limit = config.PSP_CONCURRENCY - this.running.size;
    if (limit <= 0) return 0;
    const now = clock.now();
    const leaseMs = callsPerAttempt * config.PSP_TIMEOUT_MS + leaseMarginMs;
    const claimed = await claimDeposits(database.pool, {
      now: new Date(now),
      leaseUntil: new Date(now + leaseMs),
      limit,
    });
    for (const deposit of claimed) {
      const work = this.process(deposit).finally(() => {
        this.running.delete(work);
        // A place is free: there may be more due than there were places.
        this.context.wakeDepositJob();
      });
      this.running.add(work);
    }
    return claimed.length;
  }

  /** Resolves when nothing is under way; each call to the provider is bounded by its timeout. */
  async settle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private async process(deposit: ClaimedDeposit): Promise<void> {
    try {
      await (deposit.state === 'charge-due' ? chargeDeposit : refundDeposit)(this.context, deposit);
    } catch (error) {
      await this.postpone(deposit, error);
    }
  }

  private async postpone(deposit: ClaimedDeposit, error: unknown): Promise<void> {
    const { clock, database, logger } = this.context;
    const { transactionId, state, attempts } = deposit;
    const facts = { transactionId, state, attempts };
    if (error instanceof ProviderError) {
      // Named fields only: the answer of the provider, which the error carries, may echo what we sent.
      logger.warn({ ...facts, reason: error.code, detail: error.message }, 'deposit has no outcome yet');
    } else {
      logger.error({ ...facts, err: error }, 'deposit has no outcome yet');
    }
    const now = clock.now();
    const isOpen = error instanceof BreakerOpenError;
    const pauseMs = isOpen ? error.retryAfterMs : pauseAfterMs(attempts, Math.random());
    try {
      await postponeDeposit(database.pool, deposit, {
        now: new Date(now),
        nextAttemptAt: new Date(now + pauseMs),
        isAttemptCounted: !isOpen,
      });
    } catch (failure) {
      // The lease runs out by itself and gives the deposit back.
      logger.error({ err: failure, transactionId }, 'deposit could not be postponed');
    }
  }
}
