import type { Response } from 'express';
import { actorOf, type Caller } from './caller.js';
import { clientNetwork } from './client-network.js';
import { Problem } from './problem.js';
import type { Route } from './route.js';

/** The policy of calls with a token that is refused. They are counted by address, whatever route they are for. */
const refusals = 'refusals';

type LimitedRoute = Pick<Route<never>, 'method' | 'operationId' | 'access' | 'query'>;

/** What a limiter says to one more call. */
export interface RateVerdict {
  readonly admitted: boolean;
  /** Calls of the quota that are left now. */
  readonly remaining: number;
  /** Until the whole quota is there again. */
  readonly resetSeconds: number;
  /** Until one more call is admitted; for the refused. */
  readonly retryAfterSeconds: number;
}

export interface RateLimiter {
  /** The policy that calls to a route are counted by, each caller (or address, without one) for itself. */
  policyOf(route: LimitedRoute): string;
  /** `"reads";q=10000;w=1`: the quota as the header `RateLimit-Policy` tells it. */
  describe(policy: string): string;
  /** Counts one call. Answers without a promise when it need not ask anybody; never throws. */
  take(policy: string, partition: string): RateVerdict | Promise<RateVerdict>;
  /** What is known here about a quota that is used up; undefined while calls are admitted. */
  exhausted(policy: string, partition: string): RateVerdict | undefined;
}

/**
 * Counts a call of a caller to a route.
 * @throws Problem 429 `rate-limited`
 */
export function limitCaller(
  limiter: RateLimiter,
  caller: Caller,
  route: LimitedRoute,
  response: Response,
): Promise<void> {
  return limit(limiter, actorOf(caller), route, response);
}

/**
 * Counts a call of an address to a route that needs no caller.
 * @throws Problem 429 `rate-limited`
 */
export function limitAddress(
  limiter: RateLimiter,
  address: string | undefined,
  route: LimitedRoute,
  response: Response,
): Promise<void> {
  return limit(limiter, networkOf(address), route, response);
}

async function limit(
  limiter: RateLimiter,
  who: string,
  route: LimitedRoute,
  response: Response,
): Promise<void> {
  const policy = limiter.policyOf(route);
  const verdict = limiter.take(policy, `${route.operationId}:${who}`);
  enforce(limiter, policy, verdict instanceof Promise ? await verdict : verdict, response);
}

/**
 * Checking the signature of a token is dear, and whoever guesses has no identity to be limited by: an address that has sent
 * too many bad ones is refused before the next one is looked at.
 * @throws Problem 429 `rate-limited`
 */
export function refuseGuesser(limiter: RateLimiter, address: string | undefined, response: Response): void {
  const verdict = limiter.exhausted(refusals, networkOf(address));
  if (verdict) enforce(limiter, refusals, verdict, response);
}

/** Counts a token that was refused. */
export function noteRefusal(limiter: RateLimiter, address: string | undefined, error: unknown): void {
  if (error instanceof Problem && error.status === 401) void limiter.take(refusals, networkOf(address));
}

/** Headers of draft-ietf-httpapi-ratelimit-headers. */
function enforce(limiter: RateLimiter, policy: string, verdict: RateVerdict, response: Response): void {
  response.setHeader('RateLimit-Policy', limiter.describe(policy));
  response.setHeader('RateLimit', `"${policy}";r=${verdict.remaining};t=${verdict.resetSeconds}`);
  if (verdict.admitted) return;
  throw new Problem(429, 'rate-limited', 'Too many calls; try again later.', {
    headers: { 'Retry-After': String(verdict.retryAfterSeconds) },
  });
}

/** Who is counted: an address of which nothing is known is one client, too. */
export function networkOf(address: string | undefined): string {
  return address === undefined ? 'unknown' : clientNetwork(address);
}
