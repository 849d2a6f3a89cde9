import { isCancelledStatement, TransactionTimeoutError } from '@florin/database';
import { RetryableError } from './errors.js';
import type { Handler } from './handler.js';

/** Database work takes milliseconds; less than the time a member of a group has for a rebalance. */
const defaultApplyMs = 10_000;
/** More than a client of a provider needs for all of its own attempts. */
const defaultPerformMs = 30_000;

/** A handler that does not come back must not hold its group: its message is tried again later. */
export class HandlerTimeoutError extends RetryableError {
  constructor(message: string, options?: ErrorOptions) {
    super('handler-timeout', message, options);
    this.name = 'HandlerTimeoutError';
  }
}

/** How long the transaction of a batch may take: as long as the most patient of its handlers. */
export function applyLimitMs(handlers: Iterable<Handler>): number {
  let limitMs = 0;
  for (const { timeouts } of handlers) limitMs = Math.max(limitMs, timeouts?.applyMs ?? defaultApplyMs);
  return limitMs || defaultApplyMs;
}

/** Says in the words of the core that a transaction took too long; every other error passes through. */
export function namedTimeout(error: unknown): unknown {
  if (!(error instanceof TransactionTimeoutError) && !isCancelledStatement(error)) return error;
  return new HandlerTimeoutError('the database work of the handler took too long', { cause: error });
}

/** Calls the outside world; beyond the limit the signal is aborted, and an answer is ignored. */
export async function performInTime(
  handler: Handler,
  message: Parameters<NonNullable<Handler['perform']>>[0],
): Promise<unknown> {
  const limitMs = handler.timeouts?.performMs ?? defaultPerformMs;
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new HandlerTimeoutError(`the external call took longer than ${limitMs} ms`);
      reject(error);
      abort.abort(error);
    }, limitMs);
  });
  try {
    return await Promise.race([handler.perform!(message, abort.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}
