import { Gauge, type Registry } from '@florin/observability';

/** How much waits because a message of its key has failed. The tables are empty as long as nothing does. */
export function createGateMetrics(registry: Registry, ask: (sql: string) => Promise<number>): void {
  const asking = (help: string, sql: string) => ({
    help: `${help}; NaN while the database is away`,
    registers: [registry],
    async collect(this: Gauge): Promise<void> {
      this.set(await ask(sql));
    },
  });
  new Gauge({
    name: 'messaging_closed_gates',
    ...asking('Keys that wait for a message that has failed', 'SELECT count(*) AS answer FROM gate'),
  });
  new Gauge({
    name: 'messaging_oldest_gate_seconds',
    ...asking(
      'For how long the first of them has been waiting',
      `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(closed_at)), 0)::float8 AS answer FROM gate`,
    ),
  });
  new Gauge({
    name: 'messaging_parked_messages',
    ...asking('Messages that wait behind a failed one of their key', 'SELECT count(*) AS answer FROM parked'),
  });
  new Gauge({
    name: 'messaging_fullest_gate_messages',
    ...asking(
      'Messages that wait behind the key with most of them; at 10,000 its partition pauses',
      `SELECT coalesce(max(waiting), 0) AS answer
     FROM (SELECT count(*) AS waiting FROM parked GROUP BY consumer_group, topic, key) AS by_key`,
    ),
  });
}
