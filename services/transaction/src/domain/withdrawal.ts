/**
 * The life of a withdrawal beside that of its transaction, which stays pending until the withdrawal has ended.
 *
 * | state          | event            | next           | the transaction then                            |
 * | -------------- | ---------------- | -------------- | ----------------------------------------------- |
 * | hold-requested | hold-placed      | payout-due     | pending, the provider is asked to pay           |
 * | hold-requested | hold-declined    | refused        | declined                                        |
 * | payout-due     | payout-succeeded | paid           | pending, `CaptureHold` is sent                  |
 * | payout-due     | payout-refused   | void-requested | pending, `VoidHold` is sent                     |
 * | paid           | captured         | settled        | completed                                       |
 * | paid           | capture-declined | uncovered      | pending: money has left that no hold covers     |
 * | void-requested | voided           | released       | declined                                        |
 *
 * A payout without an answer, or that is pending at the provider, is no event: the row stays due, and the provider is
 * asked what became of it. `uncovered` is for people; it takes a hold that ended before the provider answered.
 */
export type WithdrawalState =
  | 'hold-requested'
  | 'refused'
  | 'payout-due'
  | 'paid'
  | 'settled'
  | 'uncovered'
  | 'void-requested'
  | 'released';
export type WithdrawalEvent =
  | 'hold-placed'
  | 'hold-declined'
  | 'payout-succeeded'
  | 'payout-refused'
  | 'captured'
  | 'capture-declined'
  | 'voided';

export interface WithdrawalTransition {
  readonly from: WithdrawalState;
  readonly to: WithdrawalState;
}

/** Each event is possible in one state only; anywhere else it is a repetition, and ignored. */
export const withdrawalTransitions: Readonly<Record<WithdrawalEvent, WithdrawalTransition>> = {
  'hold-placed': { from: 'hold-requested', to: 'payout-due' },
  'hold-declined': { from: 'hold-requested', to: 'refused' },
  'payout-succeeded': { from: 'payout-due', to: 'paid' },
  'payout-refused': { from: 'payout-due', to: 'void-requested' },
  captured: { from: 'paid', to: 'settled' },
  'capture-declined': { from: 'paid', to: 'uncovered' },
  voided: { from: 'void-requested', to: 'released' },
};

/** Longer than a provider leaves a payout open: a hold that ends before its payout is certain covers nothing. */
export const holdMs = 366 * 24 * 60 * 60 * 1_000;

/**
 * True when the ledger refuses to void a hold because its money is available again. For every other reason it is not
 * certain where the money is: a hold that was captured has paid for something.
 */
export function isReleased(reason: string): boolean {
  return reason === 'hold-voided' || reason === 'hold-expired';
}
