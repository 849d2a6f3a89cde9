import type { Refusal } from '../ingress/waiters.js';
import { type MinorUnits, toNumber, toNumberOrNull } from './minor-units.js';

export interface FxRateRow {
  readonly id: string;
  readonly sourceCurrency: string;
  readonly destinationCurrency: string;
  readonly rate: string;
  readonly marginBasisPoints: number;
  readonly status: string;
  /** Null while it is pending. */
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
}

export function fxRateResource(row: FxRateRow) {
  return {
    id: row.id,
    sourceCurrency: row.sourceCurrency,
    destinationCurrency: row.destinationCurrency,
    rate: row.rate,
    marginBasisPoints: row.marginBasisPoints,
    status: row.status,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

export interface FxQuoteRow {
  readonly id: string;
  readonly ownerId: string;
  readonly sourceCurrency: string;
  readonly destinationCurrency: string;
  readonly amount: MinorUnits;
  readonly destinationAmount: MinorUnits | null;
  readonly rate: string | null;
  readonly expiresAt: Date | null;
  readonly status: string;
  readonly refusalReason: string | null;
  /** The transfer that was made at it; null while there is none. */
  readonly transactionId: string | null;
  readonly createdAt: Date;
}

/** That it has expired is nobody's news: it is read from the clock, as the transfer that names it will. */
export function fxQuoteResource(row: FxQuoteRow, now: number) {
  return {
    id: row.id,
    status: statusOf(row, now),
    ...(row.refusalReason === null ? {} : { refusalReason: row.refusalReason }),
    sourceCurrency: row.sourceCurrency,
    destinationCurrency: row.destinationCurrency,
    amount: toNumber(row.amount),
    destinationAmount: toNumberOrNull(row.destinationAmount),
    rate: row.rate,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    transactionId: row.transactionId,
    createdAt: row.createdAt.toISOString(),
  };
}

function statusOf({ status, transactionId, expiresAt }: FxQuoteRow, now: number): string {
  if (transactionId !== null) return 'used';
  return expiresAt !== null && now > expiresAt.getTime() ? 'expired' : status;
}

/** What the caller is told who cannot be promised a rate. */
export function quoteRefusal(reason: string): Refusal {
  if (reason === 'rate-unavailable') {
    return { status: 422, code: reason, detail: 'There is no rate between these currencies.' };
  }
  return { status: 422, code: reason, detail: 'The amount is too small or too large for this rate.' };
}
