import { createHmac, hkdfSync } from 'node:crypto';
import { parseSealKey } from '@florin/sealed-secrets';

/**
 * Stands for an email, a phone number or an address in Redis: whoever can read Redis learns nothing from it, because
 * such values are few enough to be tried one by one with a plain hash.
 * @param purpose separates the hashes of one value, so that they cannot be compared
 */
export type KeyedHash = (purpose: string, value: string) => string;

export function createKeyedHash(sealKey: string): KeyedHash {
  const key = Buffer.from(hkdfSync('sha256', parseSealKey(sealKey), '', 'florin identity hash', 32));
  return (purpose, value) =>
    createHmac('sha256', key).update(`${purpose}\n${value}`).digest('base64url').slice(0, 22);
}
