import { type FeeSchedule, feeOn } from './fee.js';
import { exceedsSingleLimit, type Limits } from './limits.js';
import type { QuoteUseRefusal } from './quote.js';

export type RefusalReason =
  | 'amount-invalid'
  | 'beneficiary-not-allowed'
  | 'deadline-exceeded'
  | 'limit-exceeded'
  | 'transaction-type-unknown'
  | QuoteUseRefusal;

/** What is in force for a transaction at this moment. */
export interface Terms {
  readonly fee: FeeSchedule;
  /** By scope: all wallets of the customer, and the type of his wallet where it has limits of its own. */
  readonly limits: ReadonlyMap<string, Limits>;
  /** True when a rule lets these wallet types pay each other; money from outside needs none. */
  readonly isBeneficiaryAllowed: boolean;
  /** Of the transaction type. */
  readonly version: number;
}

export interface AdmissionRequest {
  readonly amount: number;
  /** Milliseconds since the Unix epoch; null for none. */
  readonly deadlineAt: number | null;
}

export type Admission =
  | { readonly admitted: true; readonly fee: number }
  | { readonly admitted: false; readonly reason: RefusalReason };

/**
 * Decides whether a transaction may go on to the ledger, and what it costs; daily limits come after that. `terms` is
 * undefined for an unknown type.
 */
export function admit(request: AdmissionRequest, terms: Terms | undefined, now: number): Admission {
  if (request.deadlineAt !== null && now > request.deadlineAt) return refused('deadline-exceeded');
  if (!Number.isSafeInteger(request.amount) || request.amount <= 0) return refused('amount-invalid');
  if (!terms) return refused('transaction-type-unknown');
  if (!terms.isBeneficiaryAllowed) return refused('beneficiary-not-allowed');
  if (exceedsSingleLimit(request.amount, terms.limits.values())) return refused('limit-exceeded');
  const fee = feeOn(request.amount, terms.fee);
  return fee === undefined ? refused('amount-invalid') : { admitted: true, fee };
}

export function refused(reason: RefusalReason): Admission {
  return { admitted: false, reason };
}
