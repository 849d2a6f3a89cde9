import { createHash, randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** log2(62) × 43 = 256 bits: nobody guesses one, so that a fast hash protects it as well as a slow one would. */
const randomLength = 43;
const checksumLength = 6;
const wellFormed = new RegExp(`^flk_[0-9A-Za-z]{${randomLength + checksumLength}}$`);

export interface NewApiKey {
  /** Shown once, stored nowhere. */
  readonly key: string;
  /** What lists show, to recognise the key: 48 of its 256 bits. */
  readonly prefix: string;
  /** SHA-256. */
  readonly hash: Buffer;
}

/**
 * `flk_`, 43 random characters, and 6 of checksum (CRC-32 of what is before it, in base 62): programs that scan for
 * leaked secrets recognise it without asking anybody, and a typing error costs no look-up. Only letters and digits, so that a
 * double click selects all of it.
 */
export function createApiKey(): NewApiKey {
  const text = `flk_${randomText(randomLength)}`;
  return describeApiKey(`${text}${checksumOf(text)}`);
}

/** Prefix and hash of a key. */
export function describeApiKey(key: string): NewApiKey {
  return { key, prefix: key.slice(0, 12), hash: hashApiKey(key) };
}

/**
 * SHA-256 without salt and without stretching: what those protect are secrets that people choose. A key has 256 random bits,
 * has to be found by its hash, and is hashed at every call.
 */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** True for what `createApiKey` could have made. */
export function isWellFormedApiKey(key: string): boolean {
  return wellFormed.test(key) && key.slice(-checksumLength) === checksumOf(key.slice(0, -checksumLength));
}

function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 in a byte: the rest would make some characters likelier than others.
      if (byte < 248 && text.length < length) text += alphabet[byte % 62];
    }
  }
  return text;
}

function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let i = 0; i < checksumLength; i++) {
    digits = alphabet[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** CRC-32 of ISO 3309, as in gzip; the one of `node:zlib` is younger than the oldest Node that is supported. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
