import { createPrivateKey, createPublicKey, type JsonWebKey, webcrypto } from 'node:crypto';
import type { Clock } from '@florin/observability';
import { PublicProtocol } from 'paseto';
import {
  type PublicKey,
  PublicKeyFromCryptoKey,
  type SecretKey,
  SecretKeyFromCryptoKey,
  SignFactory,
  VerifyFactory,
} from 'paseto/v4/public';

/** Default of `TOKEN_SECRET_KEY` for local use. It is public, therefore refused in production. */
export const localTokenKey = 'bG9jYWwtZGV2ZWxvcG1lbnQtdG9rZW4ta2V5LTMyYnk=';

/** Short, because a stolen access token works until then; a refresh costs one small request. */
export const accessTokenTtlMs = 15 * 60_000;

const issuer = 'florin';
const audience = 'florin-api';
/** ASN.1 wrapping (RFC 8410) that turns a raw Ed25519 seed into PKCS #8. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface AccessClaims {
  readonly customerId: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

/** Access tokens of customers: PASETO v4.public, so nothing in a token can choose the algorithm. */
export interface AccessTokens {
  issue(subject: { customerId: string; sessionId: string }): Promise<{ token: string; expiresAt: number }>;
  /** Undefined for anything that is not an unexpired token of this issuer. */
  verify(token: string): Promise<AccessClaims | undefined>;
}

/** @throws Error when the key is not 32 bytes in base64 or hex */
export function createAccessTokens(options: { key: string; clock: Clock }): AccessTokens {
  const { clock } = options;
  const seed = parseSeed(options.key);
  const protocol = new PublicProtocol(SignFactory, VerifyFactory);
  const keys = importKeys(seed);
  // The first use reports a failure; without this line it would also count as an unhandled rejection.
  keys.catch(() => undefined);

  return {
    async issue({ customerId, sessionId }) {
      const now = clock.now();
      const expiresAt = now + accessTokenTtlMs;
      const claims = {
        iss: issuer,
        aud: audience,
        sub: customerId,
        sid: sessionId,
        exp: new Date(expiresAt).toISOString(),
      };
      const token = await protocol.Sign((await keys).secretKey, claims, { now: new Date(now) });
      return { token, expiresAt };
    },
    async verify(token) {
      if (!token.startsWith('v4.public.')) return undefined;
      const { publicKey } = await keys;
      try {
        const { claims } = await protocol.Verify(publicKey, token, {
          now: new Date(clock.now()),
          issuer,
          audience,
          requiredClaims: ['sub', 'sid'],
        });
        const { sub, sid, exp } = claims;
        if (typeof sub !== 'string' || typeof sid !== 'string' || typeof exp !== 'string') return undefined;
        return { customerId: sub, sessionId: sid, expiresAt: Date.parse(exp) };
      } catch {
        // Forged, expired, for someone else or garbage: the caller learns only that it does not work.
        return undefined;
      }
    },
  };
}

function parseSeed(text: string): Buffer {
  const seed = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (seed.length !== 32) throw new Error('TOKEN_SECRET_KEY must be 32 bytes in base64 or hex');
  return seed;
}

async function importKeys(seed: Buffer): Promise<{ secretKey: SecretKey; publicKey: PublicKey }> {
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const load = (jwk: JsonWebKey, usage: 'sign' | 'verify') =>
    webcrypto.subtle.importKey('jwk', jwk as webcrypto.JsonWebKey, 'Ed25519', true, [usage]);
  const [secret, open] = await Promise.all([
    load(privateKey.export({ format: 'jwk' }), 'sign'),
    load(createPublicKey(privateKey).export({ format: 'jwk' }), 'verify'),
  ]);
  return { secretKey: await SecretKeyFromCryptoKey(secret), publicKey: await PublicKeyFromCryptoKey(open) };
}
