import { FlorinConnectionError, FlorinError } from './errors.js';

export interface RetryPolicy {
  /** Tries of one call, the first included. */
  readonly attempts: number;
  /** Longest wait before the second try; doubles with each. */
  readonly baseDelayMs: number;
  /** Longest wait between two tries. */
  readonly maxDelayMs: number;
  /** A `Retry-After` beyond this ends the call with the error that brought it. */
  readonly maxRetryAfterMs: number;
  /**
   * So long the outcome of an earlier try is waited for that the API is still working on (`idempotency-key-in-flight`);
   * as long as one try may take (`timeoutMs` of the call) unless given. These tries do not count among `attempts`.
   */
  readonly inFlightMs?: number | undefined;
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 4,
  baseDelayMs: 250,
  maxDelayMs: 8_000,
  maxRetryAfterMs: 60_000,
};

const passing = new Set([429, 502, 503, 504]);

/**
 * How long to wait before the next try; undefined when another would be of no use. `random` is in [0, 1): every client
 * waits another time (full jitter), so that those that failed together do not come back together.
 */
export function retryDelayMs(
  error: unknown,
  attempt: number,
  policy: RetryPolicy,
  random: number,
): number | undefined {
  if (attempt >= policy.attempts || !isPassing(error)) return undefined;
  const jittered = random * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  const asked = error instanceof FlorinError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  return asked > policy.maxRetryAfterMs ? undefined : asked + jittered;
}

/** Whether another try may end otherwise. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof FlorinConnectionError || (error instanceof FlorinError && passing.has(error.status))
  );
}

/** An earlier try was accepted and its answer got lost: under the same key it will be there when the work is done. */
export function isInFlight(error: unknown): error is FlorinError {
  return error instanceof FlorinError && error.code === 'idempotency-key-in-flight';
}

/**
 * How long to wait before asking again for the outcome of an earlier try; undefined when it has been waited for long enough.
 * The last question is asked when the time is up.
 * @param waits 1 for the first
 */
export function inFlightDelayMs(
  error: FlorinError,
  waits: number,
  remainingMs: number,
  policy: RetryPolicy,
  random: number,
): number | undefined {
  if (remainingMs <= 0) return undefined;
  const jittered = random * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(waits - 1, 30));
  return Math.min((error.retryAfterSeconds ?? 0) * 1_000 + jittered, remainingMs);
}

/** @throws the reason of `signal` when it aborts */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
