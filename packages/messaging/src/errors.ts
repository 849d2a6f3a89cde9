/**
 * How a handler says what failed. Everything else that is thrown counts as retryable, because most bugs and outages
 * look alike from outside and the dead-letter topic catches what never succeeds.
 */
export abstract class MessagingError extends Error {
  /** Stable, kebab-case; part of the fingerprint of a dead letter. */
  abstract readonly code: string;
  abstract readonly retryable: boolean;
}

/** Another attempt later may succeed: the message takes the retry topics. */
export class RetryableError extends MessagingError {
  readonly retryable = true;
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RetryableError';
  }
}

/** No attempt will ever succeed: the message goes to the dead-letter topic at once. */
export class PermanentError extends MessagingError {
  readonly retryable = false;
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PermanentError';
  }
}

/** The dependency is known to be down (breaker open): wait without consuming an attempt. */
export class DependencyUnavailableError extends MessagingError {
  readonly retryable = true;
  readonly code = 'dependency-unavailable';
  constructor(
    readonly dependency: string,
    readonly retryAfterMs: number,
  ) {
    super(`${dependency} is unavailable`);
    this.name = 'DependencyUnavailableError';
  }
}

/** The schema or the size of an outgoing message is wrong; thrown inside the business transaction, which rolls back. */
export class UnsendableMessageError extends MessagingError {
  readonly retryable = false;
  readonly code = 'unsendable-message';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnsendableMessageError';
  }
}
