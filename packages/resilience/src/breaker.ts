import CircuitBreaker from 'opossum';
import { BreakerOpenError, ProviderRejectedError, RequestAbortedError } from './errors.js';

export type BreakerState = 'closed' | 'half-open' | 'open';

/** Told of a breaker at the start and at every change of its state; may keep it, to look at it later. */
export type BreakerObserver = (breaker: Pick<Breaker, 'name' | 'state' | 'snapshot'>) => void;

/** A breaker as operators see it. Times are ages, so that the reader puts them on its own clock. */
export interface BreakerSnapshot {
  readonly name: string;
  readonly state: BreakerState;
  /** Failed calls in the rolling window. */
  readonly failures: number;
  /** How long it has been in this state. */
  readonly changedMsAgo: number;
  /** When it opened last; null when it never did. */
  readonly openedMsAgo: number | null;
  /** Until an open breaker lets the next call through; null when it is not open. */
  readonly nextTryInMs: number | null;
}

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
  readonly name: string;
  readonly state: BreakerState;
  snapshot(): BreakerSnapshot;
  /** @throws BreakerOpenError when the call is not let through. */
  run<T>(call: () => Promise<T>): Promise<T>;
  close(): void;
}

/** An opossum breaker that knows which of our errors speak against the provider. */
export function createBreaker(name: string, options: BreakerOptions, observe: BreakerObserver): Breaker {
  const resetTimeoutMs = options.resetTimeoutMs ?? 5_000;
  let openedAt: number | undefined;
  let changedAt = performance.now();
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
  const changed = (): void => {
    changedAt = performance.now();
    if (circuit.opened) openedAt = changedAt;
    observe(breaker);
  };
  const untilNextTryMs = (): number => Math.max(1, Math.ceil(openedAt! + resetTimeoutMs - performance.now()));

  const breaker: Breaker = {
    name,
    get state() {
      return circuit.opened ? 'open' : circuit.halfOpen ? 'half-open' : 'closed';
    },
    snapshot() {
      const now = performance.now();
      return {
        name,
        state: breaker.state,
        failures: circuit.stats.failures,
        changedMsAgo: Math.round(now - changedAt),
        openedMsAgo: openedAt === undefined ? null : Math.round(now - openedAt),
        nextTryInMs: circuit.opened ? untilNextTryMs() : null,
      };
    },
    async run<T>(call: () => Promise<T>): Promise<T> {
      try {
        return (await circuit.fire(call)) as T;
      } catch (error) {
        if ((error as { code?: string }).code !== 'EOPENBREAKER') throw error;
        // While the trial call is under way the breaker is half open and the remaining time is not known.
        throw new BreakerOpenError(name, circuit.opened ? untilNextTryMs() : resetTimeoutMs);
      }
    },
    close: () => circuit.shutdown(),
  };
  circuit.on('open', changed);
  circuit.on('halfOpen', changed);
  circuit.on('close', changed);
  observe(breaker);
  return breaker;
}
