import type { Exchange } from '@florin/contracts';
import type { RefusalReason } from './admission.js';
import { type Quote, type QuotedTransfer, refuseQuote } from './quote.js';

/** A transfer that is only asked about. */
export interface RehearsedTransfer extends QuotedTransfer {
  readonly fxQuoteId: string | null;
}

export type RehearsedAdmission =
  | { readonly admitted: true; readonly fee: number }
  | { readonly admitted: false; readonly reason: RefusalReason };

export interface Rehearsal {
  readonly fee: number;
  readonly declineReason: string | null;
  /** What would arrive, when that is another currency. */
  readonly exchange: Exchange | null;
}

/**
 * What would become of a transfer, in the order in which it would be decided: its quote, the rules, and the currencies, at
 * which the ledger looks first. The quote is not used up.
 */
export function rehearse(
  transfer: RehearsedTransfer,
  quote: Quote | undefined,
  admission: RehearsedAdmission,
  now: number,
): Rehearsal {
  const refusal = transfer.fxQuoteId === null ? undefined : refuseQuote(quote, transfer, now);
  if (refusal) return declined(refusal);
  if (!admission.admitted) return declined(admission.reason);
  const { fee } = admission;
  if (transfer.fxQuoteId !== null && quote) {
    const exchange = {
      currency: quote.destinationCurrency,
      amount: quote.destinationAmount,
      rate: quote.rate,
    };
    return { fee, declineReason: null, exchange };
  }
  const isOther = (transfer.destinationCurrency ?? transfer.currency) !== transfer.currency;
  return isOther ? declined('currency-mismatch') : { fee, declineReason: null, exchange: null };
}

function declined(declineReason: string): Rehearsal {
  return { fee: 0, declineReason, exchange: null };
}
