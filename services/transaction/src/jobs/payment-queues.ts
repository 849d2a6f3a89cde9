import type { TransactionContext } from '../context.js';
import { type ClaimedDeposit, claimDeposits } from '../db/claim-deposits.js';
import { type ClaimedWithdrawal, claimWithdrawals } from '../db/claim-withdrawals.js';
import type { ClaimedPayment, ClaimPayments } from '../db/claimed-payment.js';
import { chargeDeposit } from './charge-deposit.js';
import { payOutWithdrawal } from './pay-out-withdrawal.js';
import { refundDeposit } from './refund-deposit.js';

/** Payments of one kind that wait for the provider, and what is done about each. */
export interface PaymentQueue<T extends ClaimedPayment> {
  readonly table: 'deposits' | 'withdrawals';
  readonly claim: ClaimPayments<T>;
  /** @throws when there is no outcome yet */
  readonly process: (context: TransactionContext, payment: T) => Promise<void>;
}

export const depositQueue: PaymentQueue<ClaimedDeposit> = {
  table: 'deposits',
  claim: claimDeposits,
  process: (context, deposit) =>
    (deposit.state === 'charge-due' ? chargeDeposit : refundDeposit)(context, deposit),
};

export const withdrawalQueue: PaymentQueue<ClaimedWithdrawal> = {
  table: 'withdrawals',
  claim: claimWithdrawals,
  process: payOutWithdrawal,
};
