import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';

/**
 * True for an E.164 number of a known country with a length that occurs there. Whether the number is assigned is not
 * asked: numbering plans change faster than the metadata, and the one-time code proves the phone anyway.
 */
export function isPhoneNumber(text: string): boolean {
  if (!/^\+[1-9]\d{6,14}$/.test(text)) return false;
  return parsePhoneNumberFromString(text, metadata)?.isPossible() ?? false;
}
