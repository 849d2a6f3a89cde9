import type { Pool } from '@florin/database';

/** A deposit or withdrawal that this process has taken on, with what is needed to work on it. */
export interface ClaimedPayment {
  readonly transactionId: string;
  readonly state: string;
  readonly fundingRef: string;
  /** Attempts in this state, the one that starts now included. */
  readonly attempts: number;
  /** When the last attempt before this one started that may have sent something, in milliseconds since the Unix epoch. */
  readonly lastAttemptAt: number | null;
  readonly walletId: string;
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly correlationId: string;
  readonly actor: string | null;
  readonly traceparent: string | null;
}

export interface ClaimOptions {
  readonly now: Date;
  readonly leaseUntil: Date;
  readonly limit: number;
}

/** Takes up to `limit` due payments that no other instance is taking. */
export type ClaimPayments<T extends ClaimedPayment> = (pool: Pool, options: ClaimOptions) => Promise<T[]>;
