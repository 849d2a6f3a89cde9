/**
 * What can go wrong between us and an external provider. Callers decide on `retryable` and `outcomeUnknown`; `code`
 * is stable and goes into logs, metrics and the fingerprint of a dead letter.
 */
export abstract class ProviderError extends Error {
  abstract readonly code: string;
  /** True when the same request may succeed later. */
  abstract readonly retryable: boolean;
  /** True when the provider may have acted on the request although we hold no answer. */
  abstract readonly outcomeUnknown: boolean;

  constructor(
    readonly provider: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No answer within the time allowed: ask the provider what became of it, never guess. */
export class ProviderTimeoutError extends ProviderError {
  readonly code = 'provider-timeout';
  readonly retryable = true;
  readonly outcomeUnknown = true;
  constructor(
    provider: string,
    readonly timeoutMs: number,
    options?: ErrorOptions,
  ) {
    super(provider, `${provider} did not answer within ${timeoutMs} ms`, options);
  }
}

/** The connection failed or the provider answered 5xx. */
export class ProviderUnavailableError extends ProviderError {
  readonly code = 'provider-unavailable';
  readonly retryable = true;
  readonly outcomeUnknown: boolean;
  /** HTTP status of the answer; undefined when there was none. */
  readonly status: number | undefined;
  constructor(
    provider: string,
    failure: { reason: string; status?: number; outcomeUnknown: boolean },
    options?: ErrorOptions,
  ) {
    super(provider, `${provider} is unavailable: ${failure.reason}`, options);
    this.status = failure.status;
    this.outcomeUnknown = failure.outcomeUnknown;
  }
}

/** The provider understood the request and refused it (4xx). Too-many-requests and its kin may be tried again. */
export class ProviderRejectedError extends ProviderError {
  readonly code = 'provider-rejected';
  readonly retryable: boolean;
  readonly outcomeUnknown = false;
  constructor(
    provider: string,
    readonly status: number,
    /** Parsed JSON, or text when the answer was not JSON. Not part of the message: it may echo personal data. */
    readonly body: unknown,
  ) {
    super(provider, `${provider} rejected the request with status ${status}`);
    this.retryable = status === 408 || status === 425 || status === 429;
  }
}

/** The breaker is open: the provider was not called at all. */
export class BreakerOpenError extends ProviderError {
  readonly code = 'breaker-open';
  readonly retryable = true;
  readonly outcomeUnknown = false;
  constructor(
    provider: string,
    /** Milliseconds until the breaker lets a trial call through. */
    readonly retryAfterMs: number,
  ) {
    super(provider, `The circuit breaker of ${provider} is open`);
  }
}

/** The caller gave up (its signal was aborted) before the provider answered. */
export class RequestAbortedError extends ProviderError {
  readonly code = 'request-aborted';
  readonly retryable = true;
  readonly outcomeUnknown = true;
  constructor(provider: string, options?: ErrorOptions) {
    super(provider, `The request to ${provider} was aborted by its caller`, options);
  }
}
