import { setTimeout as delay } from 'node:timers/promises';
import type { Database, Transaction } from '@florin/database';
import { type Clock, Counter, type Logger, type Registry } from '@florin/observability';
import { every } from '@florin/runtime';
import { insertSecurityEvents } from '../db/insert-security-events.js';
import { EventTally } from '../domain/event-tally.js';
import type { CountedSecurityEvent, SecurityEvent } from '../domain/security-event.js';

const flushIntervalMs = 500;
/** Rows that wait for a database that is away. */
const maxBacklog = 5_000;
const maxBatch = 1_000;
const stopTimeoutMs = 2_000;

/** Who did what, when and from where, for the back office and for the customers themselves. */
export interface SecurityLog {
  /** Appends events in the transaction of the change that they tell of: neither exists without the other. */
  record(tx: Transaction, ...events: readonly SecurityEvent[]): Promise<void>;
  /** Appends an event and returns when it is durable. */
  write(event: SecurityEvent): Promise<void>;
  /**
   * Takes note of an event that changes nothing, mostly a refusal: written within half a second, and counted instead
   * of written one by one when there are many, so that nobody can fill the database with failures.
   */
  note(event: SecurityEvent): void;
  start(): void;
  /** Writes what is noted; to be called while the database can be reached. */
  stop(): Promise<void>;
}

export function createSecurityLog(options: {
  database: Database;
  clock: Clock;
  logger: Logger;
  metrics: Registry;
}): SecurityLog {
  const { database, clock, logger, metrics } = options;
  const tally = new EventTally();
  let backlog: CountedSecurityEvent[] = [];
  const counted = new Counter({
    name: 'florin_security_events_total',
    help: 'Events of the security log',
    labelNames: ['event', 'outcome'],
    registers: [metrics],
  });
  const dropped = new Counter({
    name: 'florin_security_events_dropped_total',
    help: 'Rows of the security log that were lost because the database was away for too long',
    registers: [metrics],
  });

  async function flush(now: number): Promise<void> {
    backlog.push(...tally.take(now));
    if (backlog.length > maxBacklog) {
      dropped.inc(backlog.length - maxBacklog);
      backlog = backlog.slice(-maxBacklog);
    }
    while (backlog.length > 0) {
      const batch = backlog.slice(0, maxBatch);
      await insertSecurityEvents(database.pool, batch);
      backlog = backlog.slice(batch.length);
    }
  }
  const job = every(flushIntervalMs, () => flush(clock.now()), { name: 'write-security-events', logger });

  return {
    async record(tx, ...events) {
      for (const { event, outcome } of events) counted.inc({ event, outcome });
      await insertSecurityEvents(
        tx,
        events.map((event) => ({ ...event, occurrences: 1 })),
      );
    },
    async write(event) {
      counted.inc({ event: event.event, outcome: event.outcome });
      await insertSecurityEvents(database.pool, [{ ...event, occurrences: 1 }]);
    },
    note(event) {
      counted.inc({ event: event.event, outcome: event.outcome });
      tally.add(event);
    },
    start: () => job.start(),
    async stop() {
      const last = job.stop().then(() => flush(Number.POSITIVE_INFINITY));
      // A database that froze must not keep the process from ending.
      await Promise.race([last, delay(stopTimeoutMs, undefined, { ref: false })]).catch((error: Error) => {
        logger.error({ err: error }, 'security events could not be written');
      });
      if (backlog.length > 0) logger.error({ rows: backlog.length }, 'security events were lost');
    },
  };
}
