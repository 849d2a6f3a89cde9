import { DependencyUnavailableError, PermanentError, RetryableError } from '@florin/messaging';
import { BreakerOpenError, ProviderError } from '@florin/resilience';

/**
 * Says to the messaging core what a failed call to a provider means for the message: an open breaker consumes no
 * attempt, what may succeed later takes the retry topics, a refusal is final. Other errors pass through unchanged.
 */
export function toMessagingError(error: unknown): unknown {
  if (error instanceof BreakerOpenError) {
    return new DependencyUnavailableError(error.provider, error.retryAfterMs);
  }
  if (!(error instanceof ProviderError)) return error;
  const Failure = error.retryable ? RetryableError : PermanentError;
  return new Failure(`${error.provider}-${error.code}`, error.message, { cause: error });
}
