/** Leading 9: numbers for national assignment (ISO/IEC 7812-1), so that no card of a real scheme is imitated. */
const issuerPrefix = '999901';

/** Random digits that `cardNumber` needs. */
export const cardNumberRandomDigits = 9;

/** A 16-digit card number ending in its check digit. */
export function cardNumber(randomDigits: string): string {
  if (!/^\d{9}$/.test(randomDigits)) throw new RangeError('a card number needs nine random digits');
  const body = issuerPrefix + randomDigits;
  return body + luhnCheckDigit(body);
}

/** The check digit that ISO/IEC 7812-1 annex B appends to a number. */
function luhnCheckDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}
