import type { Clock } from '@florin/observability';
import { PublicProtocol } from 'paseto';
import { SignFactory, VerifyFactory } from 'paseto/v4/public';
import { parseSigningKey, parseVerificationKey, type TokenKey } from './token-keys.js';

/** Default of `TOKEN_SECRET_KEY` for local use. It is public, therefore refused in production. */
export const localTokenKey = 'bG9jYWwtZGV2ZWxvcG1lbnQtdG9rZW4ta2V5LTMyYnk=';

/** Short, because a stolen access token works until then; a refresh costs one small request. */
export const accessTokenTtlMs = 15 * 60_000;

/** Clocks of instances differ: a token must not be refused because the one that issued it is a little ahead. */
const clockToleranceSeconds = 5;
const issuer = 'florin';
const audience = 'florin-api';

export interface AccessClaims {
  readonly customerId: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

/** Access tokens of customers: PASETO v4.public, so nothing in a token can choose the algorithm. */
export interface AccessTokens {
  issue(subject: { customerId: string; sessionId: string }): Promise<{ token: string; expiresAt: number }>;
  /** Undefined for anything that is not an unexpired token of this issuer, signed by one of `keys`. */
  verify(token: string): Promise<AccessClaims | undefined>;
  /** The keys whose tokens are accepted; the first one signs. */
  readonly keys: readonly TokenKey[];
}

export interface AccessTokenOptions {
  /** Seed of the key that signs, 32 bytes in base64 or hex. */
  readonly key: string;
  /** Further keys whose tokens are accepted: the one before `key`, or the one after it. */
  readonly acceptedKeys?: readonly string[];
  readonly clock: Clock;
}

/** @throws Error when a key is malformed */
export function createAccessTokens({ key, acceptedKeys = [], clock }: AccessTokenOptions): AccessTokens {
  const signing = parseSigningKey(key, 'TOKEN_SECRET_KEY');
  const accepted = acceptedKeys.map((text) => parseVerificationKey(text, 'TOKEN_VERIFICATION_KEYS'));
  const keys = [signing, ...accepted.filter(({ kid }) => kid !== signing.kid)];
  const protocol = new PublicProtocol(SignFactory, VerifyFactory);
  const signingFooter = footerOf(signing);
  // The whole footer picks the key, letter for letter: none of it is parsed before the signature has been checked.
  const byFooter = new Map(keys.map((known) => [footerOf(known).toString('base64url'), known]));

  return {
    keys,
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
      const options = { now: new Date(now), footer: signingFooter };
      return { token: await protocol.Sign(await signing.secretKey, claims, options), expiresAt };
    },
    async verify(token) {
      const [version, purpose, , footer, ...rest] = token.split('.');
      if (version !== 'v4' || purpose !== 'public' || footer === undefined || rest.length > 0)
        return undefined;
      const known = byFooter.get(footer);
      if (!known) return undefined;
      try {
        const { claims } = await protocol.Verify(await known.publicKey, token, {
          now: new Date(clock.now()),
          footer: footerOf(known),
          issuer,
          audience,
          clockTolerance: clockToleranceSeconds,
          requiredClaims: ['sub', 'sid'],
        });
        const { sub, sid, exp } = claims;
        if (typeof sub !== 'string' || typeof sid !== 'string' || typeof exp !== 'string') return undefined;
        const expiresAt = Date.parse(exp);
        // The tolerance is for beginnings, not for ends.
        return expiresAt > clock.now() ? { customerId: sub, sessionId: sid, expiresAt } : undefined;
      } catch {
        // Forged, expired, for someone else or garbage: the caller learns only that it does not work.
        return undefined;
      }
    },
  };
}

/** Says which key has signed: `{"kid":"k4.pid.…"}`. */
function footerOf(key: Pick<TokenKey, 'kid'>): Buffer {
  return Buffer.from(JSON.stringify({ kid: key.kid }));
}
