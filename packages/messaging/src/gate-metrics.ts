import { Gauge, type Registry } from '@florin/observability';

/** How much waits because a message of its key has failed. The tables are empty as long as nothing does. */
export function createGateMetrics(registry: Registry, ask: (sql: string) => Promise<number>): void {
  const define = (name: string, help: string, sql: string): void => {
    new Gauge({
      name,
      help: `${help}; NaN while the database is away`,
      registers: [registry],
      async collect() {
        this.set(await ask(sql));
      },
    });
  };
  define(
    'messaging_closed_gates',
    'Keys that wait for a message that has failed',
    'SELECT count(*) AS answer FROM gate',
  );
  define(
    'messaging_oldest_gate_seconds',
    'For how long the first of them has been waiting',
    `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(closed_at)), 0)::float8 AS answer FROM gate`,
  );
  define(
    'messaging_parked_messages',
    'Messages that wait behind a failed one of their key',
    'SELECT count(*) AS answer FROM parked',
  );
  define(
    'messaging_fullest_gate_messages',
    'Messages that wait behind the key with most of them; at 10,000 its partition pauses',
    `SELECT coalesce(max(waiting), 0) AS answer
     FROM (SELECT count(*) AS waiting FROM parked GROUP BY consumer_group, topic, key) AS by_key`,
  );
}
