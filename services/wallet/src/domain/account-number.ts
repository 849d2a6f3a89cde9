import { luhnCheckDigit } from './luhn.js';

/** Ten digits or more: the number drawn for the wallet, and a check digit that catches mistyped ones. */
export function formatAccountNumber(drawn: number): string {
  const body = String(drawn).padStart(9, '0');
  return body + luhnCheckDigit(body);
}
