import { Gauge, type Registry } from '@florin/observability';
import type { BreakerObserver, BreakerSnapshot } from '@florin/resilience';

const stateValues = { closed: 0, 'half-open': 1, open: 2 } as const;

export interface Breakers {
  readonly observe: BreakerObserver;
  readonly snapshots: () => readonly BreakerSnapshot[];
}

/** Keeps the breakers of a service, and the gauge `circuit_breaker_state{name}`: 0 closed, 1 half open, 2 open. */
export function observeBreakers(metrics: Registry): Breakers {
  const known = new Map<string, Parameters<BreakerObserver>[0]>();
  const gauge = new Gauge({
    name: 'circuit_breaker_state',
    help: 'State of the circuit breaker of a provider: 0 closed, 1 half open, 2 open',
    labelNames: ['name'],
    registers: [metrics],
  });
  return {
    observe: (breaker) => {
      known.set(breaker.name, breaker);
      gauge.set({ name: breaker.name }, stateValues[breaker.state]);
    },
    snapshots: () => [...known.values()].map((breaker) => breaker.snapshot()),
  };
}
