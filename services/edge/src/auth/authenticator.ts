import type { Pool } from '@florin/database';
import {
  type Access,
  type Authenticate,
  type Caller,
  type CustomerCaller,
  NotAdmitted,
  Problem,
} from '@florin/http';
import type { Clock } from '@florin/observability';
import { LRUCache } from 'lru-cache';
import { isSessionOpen } from '../db/is-session-open.js';
import type { AccessClaims, AccessTokens } from './access-tokens.js';
import type { ApiKeyRegistry } from './api-key-registry.js';
import { customerRevocation, type SessionRevocations } from './session-revocations.js';

/**
 * How long a session may live on when the process that ended it died between commit and announcement. News arrive in
 * milliseconds otherwise; verifying once in this time costs next to nothing.
 */
const customerCacheMs = 30_000;
const maxTokenLength = 2_048;

interface CachedCustomer {
  readonly caller: CustomerCaller;
  readonly expiresAt: number;
}

/**
 * Tells who calls from the `Authorization` header. Verifying an Ed25519 signature costs more than the rest of a
 * request, so verified tokens are remembered, within bounds, for as long as news of revocations arrive.
 */
export function createAuthenticator(options: {
  accessTokens: AccessTokens;
  revocations: SessionRevocations;
  apiKeys: Pick<ApiKeyRegistry, 'callerOf'>;
  pool: Pool;
  clock: Clock;
}): (...call: [Parameters<Authenticate>[0], Parameters<Authenticate>[1]]) => Promise<Caller> {
  const { accessTokens, revocations, apiKeys, pool, clock } = options;
  const customers = new LRUCache<string, CachedCustomer>({ max: 50_000, ttl: customerCacheMs });
  revocations.onGap(() => customers.clear());

  /** Calls of a customer come in bundles: those that find nothing remembered share one look-up. */
  const lookUps = new Map<string, Promise<CachedCustomer | undefined>>();

  async function customerOf(token: string): Promise<CustomerCaller | undefined> {
    let found = customers.get(token);
    if (!found) {
      // Without news of revocations a look-up that began before a session ended says nothing about a call that came after.
      let lookUp = revocations.isReliable() ? lookUps.get(token) : undefined;
      if (!lookUp) {
        lookUp = lookUpCustomer(token).finally(() => lookUps.delete(token));
        lookUps.set(token, lookUp);
      }
      found = await lookUp;
    }
    // A revocation that was announced during the look-up is already known here.
    return found && isAlive(found) ? found.caller : undefined;
  }

  async function lookUpCustomer(token: string): Promise<CachedCustomer | undefined> {
    const reliable = revocations.isReliable();
    const claims = await accessTokens.verify(token);
    if (!claims || !(await isSessionOpen(pool, claims.sessionId, clock.now()))) return undefined;
    const entry = { caller: callerOf(claims), expiresAt: claims.expiresAt };
    // Memory is only as good as the news: it must have been flowing before the session was looked up and since.
    if (reliable && revocations.isReliable()) customers.set(token, entry);
    return entry;
  }

  function isAlive({ caller, expiresAt }: CachedCustomer): boolean {
    const { sessionId, customerId } = caller;
    const revoked = revocations.isRevoked(sessionId) || revocations.isRevoked(customerRevocation(customerId));
    return clock.now() < expiresAt && !revoked;
  }

  return async (authorization, access) => {
    const token = bearerOf(authorization);
    const caller: Caller | undefined = token.startsWith('flk_')
      ? await apiKeys.callerOf(token)
      : await customerOf(token);
    if (!caller) throw unauthenticated('The token is not valid, or not valid any more.');
    admit(caller, access);
    return caller;
  };
}

function callerOf(claims: AccessClaims): CustomerCaller {
  return { kind: 'customer', customerId: claims.customerId, sessionId: claims.sessionId };
}

function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined) throw unauthenticated('This call needs an Authorization header.');
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > maxTokenLength) {
    throw unauthenticated('The Authorization header must be "Bearer <token>".');
  }
  return token;
}

/** @throws Problem 403 when the caller is known but not admitted */
function admit(caller: Caller, access: Exclude<Access, 'public'>): void {
  if (access === 'signed-in') return;
  if (caller.kind === 'customer') {
    if (access === 'customer' || 'customerOrScope' in access) return;
    throw new NotAdmitted(caller, 'forbidden', `This call is for API keys with the scope ${access.scope}.`);
  }
  if (access === 'customer') throw new NotAdmitted(caller, 'forbidden', 'This call is for customers.');
  const scope = 'scope' in access ? access.scope : access.customerOrScope;
  if (caller.scopes.has(scope) || caller.scopes.has('*')) return;
  throw new NotAdmitted(caller, 'scope-missing', `The API key lacks the scope ${scope}.`);
}

function unauthenticated(detail: string): Problem {
  return new Problem(401, 'unauthenticated', detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
}
