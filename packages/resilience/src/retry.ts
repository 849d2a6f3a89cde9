import { setTimeout as delay } from 'node:timers/promises';
import { BreakerOpenError, ProviderError, RequestAbortedError } from './errors.js';
import { type HttpRequest, isIdempotent } from './http-request.js';

export interface RetryOptions {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Upper bound of the first pause; doubles with each attempt. */
  readonly baseDelayMs: number;
}

/** No pause is longer, however many attempts: longer waits belong to the retry topics. */
const maxDelayMs = 5_000;

/**
 * Full jitter: a random pause between nothing and the exponential bound, so that callers that failed together do not
 * come back together (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
 */
export function jitteredDelayMs(attempt: number, baseDelayMs: number, random: () => number): number {
  return random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
}

/** True when another attempt can help and cannot do a thing twice. */
export function mayRetry(request: HttpRequest, error: unknown): boolean {
  if (!(error instanceof ProviderError) || !error.retryable) return false;
  if (error instanceof BreakerOpenError || error instanceof RequestAbortedError) return false;
  return isIdempotent(request) || !error.outcomeUnknown;
}

/** Runs `attempt` until it succeeds, cannot help any more, or the attempts or the deadline are used up. */
export async function withRetry<T>(
  request: HttpRequest,
  options: RetryOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      if (count >= options.attempts || !mayRetry(request, error)) throw error;
      const pauseMs = jitteredDelayMs(count, options.baseDelayMs, Math.random);
      if (request.deadlineAt !== undefined && Date.now() + pauseMs >= request.deadlineAt) throw error;
      // An abort during the pause ends it with the failure of the last attempt, which says more than the abort.
      const slept = await delay(pauseMs, true, { signal: request.signal }).catch(() => false);
      if (!slept) throw error;
    }
  }
}
