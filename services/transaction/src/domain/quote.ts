import { convertDown, isRate, rateWithMargin } from '@florin/contracts';

/** What is promised to a customer. */
export interface QuotedRate {
  readonly rate: string;
  /** Minor units of the destination currency. */
  readonly destinationAmount: number;
}

export type QuoteRefusal = 'rate-unavailable' | 'amount-invalid';

export interface FxRate {
  readonly id: string;
  readonly rate: string;
  readonly marginBasisPoints: number;
  /** When it was set, milliseconds since the Unix epoch. */
  readonly definedAt: number;
}

/**
 * The rate in force less its margin, for an amount of which something must be left; or why there is none. One that is too old
 * is none: where its source has stopped, customers would trade at yesterday's price.
 */
export function quoteFor(
  request: { readonly amount: number; readonly sourceCurrency: string; readonly destinationCurrency: string },
  inForce: FxRate | undefined,
  { now, maxAgeMs }: { readonly now: number; readonly maxAgeMs: number },
): QuotedRate | QuoteRefusal {
  if (!inForce || now - inForce.definedAt > maxAgeMs) return 'rate-unavailable';
  const rate = rateWithMargin(inForce.rate, inForce.marginBasisPoints);
  if (!isRate(rate)) return 'rate-unavailable';
  const { amount, sourceCurrency, destinationCurrency } = request;
  const destinationAmount = convertDown(amount, rate, sourceCurrency, destinationCurrency);
  return destinationAmount === undefined || destinationAmount === 0
    ? 'amount-invalid'
    : { rate, destinationAmount };
}

export type QuoteUseRefusal = 'quote-not-found' | 'quote-mismatch' | 'quote-used' | 'quote-expired';

export interface Quote {
  readonly ownerId: string;
  readonly sourceCurrency: string;
  readonly destinationCurrency: string;
  readonly amount: number;
  readonly rate: string;
  readonly destinationAmount: number;
  readonly expiresAt: number;
  /** The transfer that was made at it; null while there is none. */
  readonly transactionId: string | null;
}

export interface QuotedTransfer {
  readonly transactionId: string;
  readonly sourceOwnerId: string;
  readonly amount: number;
  readonly currency: string;
  /** Of the wallet that is paid; null when it is not known, which leaves it to the ledger to look. */
  readonly destinationCurrency: string | null;
}

/** Why a transfer cannot be made at a quote; undefined when it can, or has been. */
export function refuseQuote(
  quote: Quote | undefined,
  transfer: QuotedTransfer,
  now: number,
): QuoteUseRefusal | undefined {
  // Whose quote it is says nothing to others, not even that there is one.
  if (quote?.ownerId !== transfer.sourceOwnerId) return 'quote-not-found';
  if (quote.transactionId === transfer.transactionId) return undefined;
  if (quote.transactionId !== null) return 'quote-used';
  if (quote.amount !== transfer.amount || quote.sourceCurrency !== transfer.currency) return 'quote-mismatch';
  const arriving = transfer.destinationCurrency ?? quote.destinationCurrency;
  if (quote.destinationCurrency !== arriving) return 'quote-mismatch';
  return now > quote.expiresAt ? 'quote-expired' : undefined;
}
