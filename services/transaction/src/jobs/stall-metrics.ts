import type { Database } from '@florin/database';
import { type Clock, Counter, createLookUpGauges, type Registry } from '@florin/observability';
import { countStalled } from '../db/count-stalled.js';

export interface StallCounters {
  /** Times the ledger was asked again. */
  readonly asked: Counter;
  /** Overdue transactions that have ended since. */
  readonly healed: Counter;
}

/** Transactions whose outcome is overdue: an alert on the age finds what asking again does not heal. */
export function observeStalls(metrics: Registry, database: Database, clock: Clock): StallCounters {
  createLookUpGauges(
    metrics,
    {
      transactions_stalled: { help: 'Transactions whose outcome is overdue' },
      transactions_stalled_oldest_seconds: { help: 'Age of the oldest transaction whose outcome is overdue' },
    },
    async () => {
      const { count, oldest } = await countStalled(database);
      const age = oldest === null ? 0 : (clock.now() - oldest.getTime()) / 1_000;
      return [
        { name: 'transactions_stalled', value: count },
        { name: 'transactions_stalled_oldest_seconds', value: age },
      ];
    },
  );
  const registers = [metrics];
  return {
    asked: new Counter({
      name: 'transactions_asked_again_total',
      help: 'Times the ledger was asked again for an overdue outcome',
      registers,
    }),
    healed: new Counter({
      name: 'transactions_healed_total',
      help: 'Overdue transactions that have ended since',
      registers,
    }),
  };
}
