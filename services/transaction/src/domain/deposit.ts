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
