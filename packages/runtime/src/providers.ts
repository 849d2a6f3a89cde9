import { DependencyUnavailableError, PermanentError, RetryableError } from '@florin/messaging';
import { Gauge, type Registry } from '@florin/observability';
import { type BreakerObserver, BreakerOpenError, ProviderError } from '@florin/resilience';

const stateValues = { closed: 0, 'half-open': 1, open: 2 } as const;

/** Observer that keeps the gauge `circuit_breaker_state{name}`: 0 closed, 1 half open, 2 open. */
export function observeBreakers(metrics: Registry): BreakerObserver {
  const gauge = new Gauge({
    name: 'circuit_breaker_state',
    help: 'State of the circuit breaker of a provider: 0 closed, 1 half open, 2 open',
    labelNames: ['name'],
    registers: [metrics],
  });
  return (name, state) => gauge.set({ name }, stateValues[state]);
}

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
