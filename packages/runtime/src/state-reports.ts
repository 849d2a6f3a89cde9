import { randomUUID } from 'node:crypto';
import { ServiceReported } from '@florin/contracts';
import type { Messaging } from '@florin/messaging';
import type { Clock, Logger } from '@florin/observability';
import type { BreakerSnapshot } from '@florin/resilience';

/** How often something may be reported that has changed; a breaker that flutters makes no storm. */
const lookEveryMs = 1_000;
/** Readers take three missing reports for silence. */
const reportEveryMs = 10_000;
const lastReportTimeoutMs = 2_000;

export interface StateReportOptions {
  readonly service: string;
  readonly version: string;
  readonly breakers: () => readonly BreakerSnapshot[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The same messaging, which also tells on `ops.events` how this instance is: as soon as it has started, within a second
 * after a breaker or the readiness changed, every ten seconds, and when it stops. Nobody asks a service for that over
 * HTTP, and a service whose database is away still reports.
 */
export function withStateReports(messaging: Messaging, options: StateReportOptions): Messaging {
  const reports = new StateReports(messaging, options);
  return {
    ...messaging,
    async start() {
      await messaging.start();
      reports.start();
    },
    async stop() {
      await reports.stop();
      await messaging.stop();
    },
  };
}

class StateReports {
  private readonly instanceId = randomUUID();
  private startedAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private lastSigns = '';
  private lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly messaging: Messaging,
    private readonly options: StateReportOptions,
  ) {}

  start(): void {
    this.startedAt = this.options.clock.now();
    this.timer = setInterval(() => this.look(), lookEveryMs);
    this.timer.unref();
    this.look();
  }

  /** The last report says that this instance is gone; without it, the silence does after a while. */
  async stop(): Promise<void> {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = undefined;
    const patience = new Promise<void>((resolve) => setTimeout(resolve, lastReportTimeoutMs).unref());
    await Promise.race([patience, (this.running ?? Promise.resolve()).then(() => this.report(true))]);
  }

  private look(): void {
    if (this.running) return;
    const signs = this.signs();
    if (signs === this.lastSigns && performance.now() - this.lastAtMs < reportEveryMs) return;
    this.running = this.report(false).finally(() => {
      this.running = undefined;
    });
  }

  private signs(): string {
    const states = this.options.breakers().map(({ name, state }) => `${name} ${state}`);
    return [this.messaging.isReady(), ...states].join();
  }

  private async report(stopping: boolean): Promise<void> {
    const { service, version, clock, breakers, logger } = this.options;
    this.lastSigns = this.signs();
    this.lastAtMs = performance.now();
    try {
      const outbox = await this.messaging.outbox().catch(() => null);
      const now = clock.now();
      await this.messaging.announce(ServiceReported, this.instanceId, {
        instanceId: this.instanceId,
        service,
        version,
        startedAt: this.startedAt,
        ready: !stopping && this.messaging.isReady(),
        stopping,
        breakers: breakers().map(({ name, state, failures, changedMsAgo, openedMsAgo, nextTryInMs }) => ({
          name,
          state,
          failures,
          changedAt: now - changedMsAgo,
          openedAt: openedMsAgo === null ? null : now - openedMsAgo,
          nextTryAt: nextTryInMs === null ? null : now + nextTryInMs,
        })),
        outbox,
      });
    } catch (error) {
      // The next one is due in a moment; a service works as well without being seen.
      logger.warn({ err: error }, 'the state of the service could not be reported');
    }
  }
}
