/**
 * The life of a deposit beside that of its transaction, which stays pending until the deposit has ended.
 *
 * | state      | event            | next       | the transaction then                  |
 * | ---------- | ---------------- | ---------- | ------------------------------------- |
 * | charge-due | charge-succeeded | charged    | pending, `PostDeposit` is sent        |
 * | charge-due | charge-refused   | refused    | declined                              |
 * | charged    | posted           | settled    | completed                             |
 * | charged    | post-declined    | refund-due | pending, the money is given back      |
 * | refund-due | refunded         | refunded   | declined, for the reason of the ledger |
 *
 * A charge without an answer is no event: the row stays due, and the provider is asked what became of it.
 */
export type DepositState = 'charge-due' | 'charged' | 'settled' | 'refused' | 'refund-due' | 'refunded';
export type DepositEvent = 'charge-succeeded' | 'charge-refused' | 'posted' | 'post-declined' | 'refunded';

export interface DepositTransition {
  readonly from: DepositState;
  readonly to: DepositState;
}

/** Each event is possible in one state only; anywhere else it is a repetition, and ignored. */
export const depositTransitions: Readonly<Record<DepositEvent, DepositTransition>> = {
  'charge-succeeded': { from: 'charge-due', to: 'charged' },
  'charge-refused': { from: 'charge-due', to: 'refused' },
  posted: { from: 'charged', to: 'settled' },
  'post-declined': { from: 'charged', to: 'refund-due' },
  refunded: { from: 'refund-due', to: 'refunded' },
};

const firstPauseMs = 250;
const longestPauseMs = 60_000;

/**
 * Pause after the n-th attempt without an outcome: doubling up to a minute, for as long as it takes, because money may
 * have moved. `random` in [0, 1) takes up to half of the pause off, so that deposits that failed together part.
 */
export function pauseAfterMs(attempts: number, random: number): number {
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts - 1, 20));
  return Math.round(pauseMs * (1 - random / 2));
}

/** A charge sent this long ago has reached the provider or never will. */
const inFlightMs = 60_000;

/**
 * True when the provider may be believed that there is no charge: either none was ever sent, or the last one was sent
 * so long ago that it cannot still arrive. Only then may a deposit be refused for want of its funding token.
 */
export function isCertainlyNotCharged(
  deposit: { readonly attempts: number; readonly lastAttemptAt: number | null },
  now: number,
): boolean {
  if (deposit.attempts <= 1 || deposit.lastAttemptAt === null) return true;
  return now - deposit.lastAttemptAt >= inFlightMs;
}
