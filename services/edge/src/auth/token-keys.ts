import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, webcrypto } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2';
import {
  type PublicKey,
  PublicKeyFromCryptoKey,
  type SecretKey,
  SecretKeyFromCryptoKey,
} from 'paseto/v4/public';

/** An Ed25519 key whose tokens are accepted. */
export interface TokenKey {
  /** PASERK `k4.pid`: derived from the key, so one id can never stand for two keys. */
  readonly kid: string;
  /** PASERK `k4.public`. */
  readonly paserk: string;
  /** The raw public key in base64url, as in a JWK. */
  readonly x: string;
  readonly publicKey: Promise<PublicKey>;
}

export interface SigningKey extends TokenKey {
  readonly secretKey: Promise<SecretKey>;
}

/** ASN.1 wrapping (RFC 8410) that turns a raw Ed25519 seed into PKCS #8. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const keyBytes = 32;

/**
 * Reads the key that signs.
 * @param text 32 bytes in base64 or hex
 * @throws Error when it is anything else
 */
export function parseSigningKey(text: string, variable: string): SigningKey {
  const privateKey = privateKeyOf(text);
  if (!privateKey) throw new Error(`${variable} must be 32 bytes in base64 or hex`);
  const secretKey = importKey(privateKey, 'sign').then(SecretKeyFromCryptoKey);
  secretKey.catch(() => undefined);
  return { ...tokenKey(createPublicKey(privateKey)), secretKey };
}

/**
 * Reads a key whose tokens are accepted: PASERK `k4.public.…`, or a seed as for signing, of which only the public half
 * is kept.
 * @throws Error when it is anything else
 */
export function parseVerificationKey(text: string, variable: string): TokenKey {
  const paserk = /^k4\.public\.([\w-]{43})$/.exec(text)?.[1];
  if (paserk !== undefined) return tokenKey(publicKeyOf(paserk, variable));
  const privateKey = privateKeyOf(text);
  if (!privateKey)
    throw new Error(`${variable} must hold keys like k4.public.…, or 32 bytes in base64 or hex`);
  return tokenKey(createPublicKey(privateKey));
}

function tokenKey(key: KeyObject): TokenKey {
  const { x } = key.export({ format: 'jwk' });
  if (x === undefined) throw new Error('an Ed25519 key has to have a public half');
  const paserk = `k4.public.${x}`;
  const publicKey = importKey(key, 'verify').then(PublicKeyFromCryptoKey);
  // The first use reports a failure; without this line it would also count as an unhandled rejection.
  publicKey.catch(() => undefined);
  return { kid: keyIdOf(paserk), paserk, x, publicKey };
}

/** PASERK operation ID: BLAKE2b with 33 bytes of output, of the header and the serialised key. */
function keyIdOf(paserk: string): string {
  const digest = blake2b(Buffer.from(`k4.pid.${paserk}`), { dkLen: 33 });
  return `k4.pid.${Buffer.from(digest).toString('base64url')}`;
}

function privateKeyOf(text: string): KeyObject | undefined {
  const seed = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (seed.length !== keyBytes) return undefined;
  return createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
}

function publicKeyOf(x: string, variable: string): KeyObject {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch (cause) {
    throw new Error(`${variable} holds something that is no Ed25519 public key`, { cause });
  }
}

function importKey(key: KeyObject, usage: 'sign' | 'verify'): Promise<webcrypto.CryptoKey> {
  const jwk = key.export({ format: 'jwk' }) as JsonWebKey as webcrypto.JsonWebKey;
  return webcrypto.subtle.importKey('jwk', jwk, 'Ed25519', true, [usage]);
}
