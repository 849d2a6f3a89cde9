import type { Database } from '@florin/database';
import { createLogger, createMetrics } from '@florin/observability';
import { afterAll, expect, test } from '@jest/globals';
import { createMessagingMetrics } from '../src/metrics.js';
import { OutboxRelay } from '../src/outbox-relay.js';
import { eventually, Harness } from './harness.js';

const harness = new Harness();
afterAll(() => harness.close());

const insert = `INSERT INTO outbox (shard, topic, key, value) SELECT 0, 't', 'k', $1 FROM generate_series(1, $2::int)`;

/** The way to Kafka is a counter here: these tests are about what the relay reads. */
function countingRelay(database: Database): { relay: OutboxRelay; sent: string[] } {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const sent: string[] = [];
  const relay = new OutboxRelay(
    database.pool,
    { send: async (batch) => void sent.push(...batch.map(({ message }) => String(message.value))) },
    logger,
    createMessagingMetrics(createMetrics('test'), database.pool),
  );
  return { relay, sent };
}

/** Commits and publishes one row after the other, for so long. */
async function keepBusy(
  database: Database,
  relay: OutboxRelay,
  sent: string[],
  forMs: number,
): Promise<void> {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs) {
    const before = sent.length;
    await database.pool.query(insert, [Buffer.from('in time'), 1]);
    relay.wake();
    await eventually(async () => (sent.length > before ? true : undefined));
  }
}

test('a row that commits long after rows with higher ids is published', async () => {
  const database = await harness.database();
  const { relay, sent } = countingRelay(database);
  relay.start();
  const late = await database.pool.connect();
  await late.query('BEGIN');
  await late.query(insert, [Buffer.from('late'), 1]);
  // Long enough for the relay to learn, several times, which ids are settled.
  await keepBusy(database, relay, sent, 3_500);
  await late.query('COMMIT');
  late.release();
  relay.wake();
  // Sooner than a floor that is wrong is forgotten, which is after a minute.
  await eventually(async () => (sent.includes('late') ? true : undefined), 30_000);
  await relay.stop();
});

test('a select does not walk over deleted rows that VACUUM may not remove yet', async () => {
  const database = await harness.database();
  const { relay, sent } = countingRelay(database);
  const reader = await database.pool.connect();
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await reader.query('SELECT count(*) FROM outbox');
  await database.pool.query(insert, [Buffer.from('x'), 30_000]);
  relay.start();
  await eventually(async () => (sent.length === 30_000 ? true : undefined));
  await keepBusy(database, relay, sent, 3_500);
  const read = async () => {
    const { rows } = await database.pool.query<{ scans: number; entries: number }>(
      `SELECT idx_scan AS scans, idx_tup_read AS entries FROM pg_stat_user_indexes WHERE indexrelname = 'outbox_pkey'`,
    );
    return rows[0]!;
  };
  const before = await read();
  const after = await eventually(async () => {
    await keepBusy(database, relay, sent, 50);
    const now = await read();
    return now.scans > before.scans + 100 ? now : undefined;
  });
  expect((after.entries - before.entries) / (after.scans - before.scans)).toBeLessThan(3_000);
  await relay.stop();
  await reader.query('ROLLBACK');
  reader.release();
});
