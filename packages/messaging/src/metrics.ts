import type { Pool } from '@florin/database';
import { Counter, Gauge, Histogram, type Registry } from '@florin/observability';
import { createGateMetrics } from './gate-metrics.js';

export interface MessagingMetrics {
  readonly published: Counter;
  readonly leaseChanges: Counter;
  readonly handled: Counter;
  readonly secondRuns: Counter;
  readonly batchSize: Histogram;
  readonly batchSeconds: Histogram;
  readonly consumerLag: Gauge;
}

export function createMessagingMetrics(registry: Registry, pool: Pool): MessagingMetrics {
  const registers = [registry];
  // A scrape must succeed while the database is away: that is when the other metrics are needed most.
  const ask = async (sql: string): Promise<number> => {
    const { rows } = await pool.query<{ answer: number }>(sql).catch(() => ({ rows: [] }));
    return rows[0]?.answer ?? Number.NaN;
  };
  new Gauge({
    name: 'outbox_oldest_unpublished_seconds',
    help: 'Age of the oldest message that is committed and not yet in Kafka; NaN while the database is away',
    registers,
    async collect() {
      this.set(
        await ask(
          `SELECT coalesce(extract(epoch FROM clock_timestamp() - (SELECT created_at FROM outbox ORDER BY id LIMIT 1)), 0)::float8 AS answer`,
        ),
      );
    },
  });
  new Gauge({
    name: 'outbox_depth_messages',
    help: 'Messages that are committed and not yet in Kafka; NaN while the database is away',
    registers,
    async collect() {
      this.set(await ask('SELECT count(*) AS answer FROM outbox'));
    },
  });
  createGateMetrics(registry, ask);
  return {
    published: new Counter({
      name: 'outbox_published_messages_total',
      help: 'Messages that the relay has published',
      registers,
    }),
    leaseChanges: new Counter({
      name: 'outbox_lease_changes_total',
      help: 'Shards of the outbox that this process was given or has lost',
      labelNames: ['change'],
      registers,
    }),
    handled: new Counter({
      name: 'messaging_handled_messages_total',
      help: 'Messages by what became of them: applied, duplicate, skipped, parked, retried or dead',
      labelNames: ['group', 'outcome'],
      registers,
    }),
    secondRuns: new Counter({
      name: 'messaging_second_runs_total',
      help: 'Transactions that ran again, because something was known that was expected to be new',
      registers,
    }),
    batchSize: new Histogram({
      name: 'messaging_batch_messages',
      help: 'Messages that share one database transaction',
      labelNames: ['group'],
      buckets: [1, 5, 20, 50, 100, 200, 500],
      registers,
    }),
    batchSeconds: new Histogram({
      name: 'messaging_batch_duration_seconds',
      help: 'Time of one batch transaction, commit included',
      labelNames: ['group'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    }),
    consumerLag: new Gauge({
      name: 'messaging_consumer_lag_messages',
      help: 'Records behind the end of the partition at the last fetch',
      labelNames: ['group', 'topic', 'partition'],
      registers,
    }),
  };
}
