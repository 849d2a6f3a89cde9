import { Agent } from 'undici';
import {
  type Breaker,
  type BreakerObserver,
  type BreakerOptions,
  type BreakerState,
  createBreaker,
} from './breaker.js';
import { ProviderTimeoutError } from './errors.js';
import type { HttpRequest, HttpResponse } from './http-request.js';
import { type RetryOptions, withRetry } from './retry.js';
import { type Provider, sendRequest } from './send-request.js';

export interface HttpClientOptions {
  /** Name of the provider in errors and metrics: `psp`, `credit-bureau`. */
  readonly name: string;
  readonly baseUrl: string;
  /** Bound on each attempt. */
  readonly timeoutMs: number;
  readonly breaker?: BreakerOptions;
  /** Default: one attempt. */
  readonly retry?: RetryOptions;
  readonly onStateChange?: BreakerObserver;
}

/** A client of one external provider: timeout, breaker and bounded retry around every call. */
export interface HttpClient {
  readonly name: string;
  readonly breakerState: BreakerState;
  /**
   * Sends a request; resolves with any answer below 400.
   * @throws ProviderTimeoutError outcome unknown
   * @throws ProviderUnavailableError 5xx or broken connection
   * @throws ProviderRejectedError 4xx, with status and body
   * @throws BreakerOpenError not sent, with the time to wait
   * @throws RequestAbortedError the caller's signal was aborted
   */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Ends idle connections and timers; requests in flight fail. */
  close(): Promise<void>;
}

const oneAttempt: RetryOptions = { attempts: 1, baseDelayMs: 0 };

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { name, timeoutMs } = options;
  const agent = new Agent({ connections: 64, keepAliveTimeout: 10_000 });
  const provider: Provider = { name, baseUrl: options.baseUrl.replace(/\/+$/, ''), agent };
  const breaker: Breaker = createBreaker(name, options.breaker ?? {}, options.onStateChange ?? (() => {}));

  return {
    name,
    get breakerState() {
      return breaker.state;
    },
    request: (request) =>
      withRetry(request, options.retry ?? oneAttempt, async () => {
        const budgetMs = attemptBudgetMs(timeoutMs, request.deadlineAt);
        // Past the deadline nothing is sent, and the provider is not to blame: the breaker hears nothing of it.
        if (budgetMs <= 0) throw new ProviderTimeoutError(name, 0);
        return breaker.run(() => sendRequest(provider, request, budgetMs));
      }),
    async close() {
      breaker.close();
      await agent.destroy();
    },
  };
}

function attemptBudgetMs(timeoutMs: number, deadlineAt: number | undefined): number {
  return deadlineAt === undefined ? timeoutMs : Math.min(timeoutMs, Math.ceil(deadlineAt - Date.now()));
}
