import { hkdfSync } from 'node:crypto';
import { decrypt, encrypt } from './encryption.js';
import { parseSealKey } from './sealed-secrets.js';

/** Seals values that are stored elsewhere, e.g. in a column of a table. */
export interface Sealer {
  /** @param place where the sealed value will stand; it opens nowhere else */
  seal(value: string, place: string): Buffer;
  /** @throws SealedSecretError `seal-broken` */
  open(sealed: Buffer, place: string): string;
}

/**
 * @param sealKey `SEAL_KEY`
 * @param purpose gives each use a key of its own, so that what one seals the other cannot open
 */
export function createSealer(sealKey: string, purpose: string): Sealer {
  const key = Buffer.from(hkdfSync('sha256', parseSealKey(sealKey), '', purpose, 32));
  return {
    seal: (value, place) => encrypt(key, place, value),
    open: (sealed, place) => decrypt(key, place, sealed),
  };
}
