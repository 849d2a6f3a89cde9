import { randomUUID } from 'node:crypto';
import { type MessagingWorld, perSecond, until } from './messaging-world.js';

export const relayRows = 50_000;
/** As many as the relay takes at once. */
const batch = 1_000;
/** As large as a typical message; the relay does not look into it. */
const payload = Buffer.alloc(220, 7);
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const keys = Array.from({ length: batch }, () => randomUUID());
/** Nobody reads it here: what is sent to it costs the broker alone. */
const topicOf = (world: MessagingWorld): string => `${world.prefix}customer.events`;

/** Fills the outbox first, so that only the relay is measured. */
export async function relayRate(world: MessagingWorld): Promise<number> {
  const { pool } = world.database;
  await pool.query('TRUNCATE outbox');
  await pool.query(
    `INSERT INTO outbox (shard, topic, key, value, traceparent)
     SELECT i % 8, $1, ($4::text[])[i % ${batch} + 1], $2, $3 FROM generate_series(1, ${relayRows}) AS i`,
    [topicOf(world), payload, traceparent, keys],
  );
  await pool.query('VACUUM ANALYZE outbox');
  const relay = world.messaging();
  await relay.start();
  const startedAt = performance.now();
  await until(async () => (await world.counted('outbox_published_messages_total')) === relayRows);
  const rate = perSecond(relayRows, startedAt);
  await relay.stop();
  return rate;
}

/** The same messages in the same batches, with the guarantees of the relay: idempotent, acknowledged by all replicas. */
export async function rawSendRate(world: MessagingWorld): Promise<number> {
  const producer = world.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const messages = keys.map((key) => ({ key, value: payload, headers: { traceparent } }));
  const startedAt = performance.now();
  for (let sent = 0; sent < relayRows; sent += batch) {
    await producer.sendBatch({ acks: -1, topicMessages: [{ topic: topicOf(world), messages }] });
  }
  const rate = perSecond(relayRows, startedAt);
  await producer.disconnect();
  return rate;
}
