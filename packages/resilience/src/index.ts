export {
  type Breaker,
  type BreakerObserver,
  type BreakerOptions,
  type BreakerSnapshot,
  type BreakerState,
  createBreaker,
} from './breaker.js';
export {
  BreakerOpenError,
  ProviderError,
  ProviderRejectedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
  RequestAbortedError,
} from './errors.js';
export { createHttpClient, type HttpClient, type HttpClientOptions } from './http-client.js';
export { type HttpMethod, type HttpRequest, type HttpResponse, isIdempotent } from './http-request.js';
export type { RetryOptions } from './retry.js';
