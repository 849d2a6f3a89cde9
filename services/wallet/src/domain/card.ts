import { luhnCheckDigit } from './luhn.js';

/** Leading 9: numbers for national assignment (ISO/IEC 7812-1), so that no card of a real scheme is imitated. */
const issuerPrefix = '999901';
const validYears = 4;

/** Random digits that `cardNumber` needs. */
export const cardNumberRandomDigits = 9;

export interface CardFace {
  readonly last4: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
}

/**
 * A 16-digit card number ending in its check digit. It exists in memory only, while a card is issued: nothing may
 * store, send or log it.
 */
export function cardNumber(randomDigits: string): string {
  if (!/^\d{9}$/.test(randomDigits)) throw new RangeError('a card number needs nine random digits');
  const body = issuerPrefix + randomDigits;
  return body + luhnCheckDigit(body);
}

/** What may be known of a card: the last four digits, and the month at whose end it expires (UTC). */
export function cardFace(pan: string, issuedAt: number): CardFace {
  const issued = new Date(issuedAt);
  return {
    last4: pan.slice(-4),
    expiryMonth: issued.getUTCMonth() + 1,
    expiryYear: issued.getUTCFullYear() + validYears,
  };
}

/** Ten digits or more: the number drawn for the wallet, and a check digit that catches mistyped ones. */
export function formatAccountNumber(drawn: number): string {
  const body = String(drawn).padStart(9, '0');
  return body + luhnCheckDigit(body);
}
