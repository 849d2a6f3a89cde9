import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SealedSecretError } from './sealed-secret-error.js';

const ivBytes = 12;
const tagBytes = 16;

/** AES-256-GCM. The place is authenticated with the value, so a sealed value copied to another place does not open. */
export function encrypt(key: Buffer, place: string, value: string): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** @throws SealedSecretError `seal-broken` when the bytes were altered, or belong to another place or key */
export function decrypt(key: Buffer, place: string, sealed: Buffer): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
    return `${decipher.update(sealed.subarray(ivBytes + tagBytes), undefined, 'utf8')}${decipher.final('utf8')}`;
  } catch (error) {
    throw new SealedSecretError('seal-broken', 'a sealed secret does not open with this key', {
      cause: error,
    });
  }
}
