import type { Database } from '@florin/database';
import { type Clock, Counter, createLookUpGauges, type Registry } from '@florin/observability';
import { findOverdueHolds } from '../db/find-overdue-holds.js';

/**
 * Holds whose time is over and whose money is not free again, which must be none for longer than the interval of the
 * job, and a count of those that this process has expired.
 */
export function observeHolds(metrics: Registry, database: Database, clock: Clock): Counter {
  createLookUpGauges(
    metrics,
    {
      holds_overdue: { help: 'Open holds whose time is over; counted up to 100,000' },
      holds_overdue_oldest_seconds: { help: 'For how long the time of the oldest of them has been over' },
    },
    async () => {
      const { count, oldestExpiresAt } = await findOverdueHolds(database, new Date(clock.now()));
      const age = oldestExpiresAt === null ? 0 : (clock.now() - oldestExpiresAt.getTime()) / 1_000;
      return [
        { name: 'holds_overdue', value: count },
        { name: 'holds_overdue_oldest_seconds', value: age },
      ];
    },
  );
  return new Counter({
    name: 'holds_expired_total',
    help: 'Holds that have expired and whose money was given back',
    registers: [metrics],
  });
}
