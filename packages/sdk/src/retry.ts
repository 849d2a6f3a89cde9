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

function isPassing(error: unknown): boolean {
  if (error instanceof FlorinConnectionError) return true;
  if (!(error instanceof FlorinError)) return false;
  // The first try has been accepted and its answer got lost: under the same key it will be there in a moment.
  return passing.has(error.status) || error.code === 'idempotency-key-in-flight';
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
