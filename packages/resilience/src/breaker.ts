import CircuitBreaker from 'opossum';
import { BreakerOpenError, ProviderRejectedError, RequestAbortedError } from './errors.js';

export type BreakerState = 'closed' | 'half-open' | 'open';

/** Told of the state at the start and at every change, e.g. to set the gauge `circuit_breaker_state{name}`. */
export type BreakerObserver = (name: string, state: BreakerState) => void;

export interface BreakerOptions {
  /** Calls in the rolling window before it may open, so that one failing message cannot open it. Default 10. */
  readonly volumeThreshold?: number;
  /** Share of failed calls in the window that opens it. Default 50. */
  readonly errorThresholdPercentage?: number;
  /** Milliseconds it stays open before it lets one trial call through. Default 5 000. */
  readonly resetTimeoutMs?: number;
  /** Length of the rolling window in milliseconds. Default 10 000. */
  readonly windowMs?: number;
}

export interface Breaker {
  readonly state: BreakerState;
  /** @throws BreakerOpenError when the call is not let through. */
  run<T>(call: () => Promise<T>): Promise<T>;
  close(): void;
}

/** An opossum breaker that knows which of our errors speak against the provider. */
export function createBreaker(name: string, options: BreakerOptions, observe: BreakerObserver): Breaker {
  const resetTimeoutMs = options.resetTimeoutMs ?? 5_000;
  let openedAt = 0;
  const circuit: CircuitBreaker<[() => Promise<unknown>], unknown> = new CircuitBreaker((call) => call(), {
    name,
    // The attempt limits itself and aborts its socket; a second timer here would leave the call running.
    timeout: false,
    volumeThreshold: options.volumeThreshold ?? 10,
    errorThresholdPercentage: options.errorThresholdPercentage ?? 50,
    resetTimeout: resetTimeoutMs,
    rollingCountTimeout: options.windowMs ?? 10_000,
    rollingPercentilesEnabled: false,
    // A refusal proves that the provider works. A caller that gave up proves nothing, except that a trial call in
    // the half-open state brought no proof of health and must not close the breaker.
    errorFilter: (error: unknown): boolean =>
      error instanceof ProviderRejectedError || (error instanceof RequestAbortedError && !circuit.halfOpen),
  });
  circuit.on('open', () => {
    openedAt = performance.now();
    observe(name, 'open');
  });
  circuit.on('halfOpen', () => observe(name, 'half-open'));
  circuit.on('close', () => observe(name, 'closed'));
  observe(name, 'closed');

  return {
    get state() {
      return circuit.opened ? 'open' : circuit.halfOpen ? 'half-open' : 'closed';
    },
    async run<T>(call: () => Promise<T>): Promise<T> {
      try {
        return (await circuit.fire(call)) as T;
      } catch (error) {
        if ((error as { code?: string }).code !== 'EOPENBREAKER') throw error;
        // While the trial call is under way the breaker is half open and the remaining time is not known.
        const remainingMs = circuit.opened ? openedAt + resetTimeoutMs - performance.now() : resetTimeoutMs;
        throw new BreakerOpenError(name, Math.max(1, Math.ceil(remainingMs)));
      }
    },
    close: () => circuit.shutdown(),
  };
}
