import type { Transaction } from '@florin/database';
import { shardOf } from './outbox-shard.js';

/** A message on its way to Kafka, as it is stored in the outbox. */
export interface OutboxRow {
  /** Physical topic, prefix included. */
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly traceparent: string;
}

/**
 * Stores messages inside the business transaction, in one statement.
 *
 * Messages of one key keep their commit order because their writers serialise on a row lock of the aggregate before
 * they draw an outbox id: the later transaction draws the higher id.
 */
export async function insertOutbox(tx: Transaction, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({
    name: 'insert-outbox',
    text: `INSERT INTO outbox (shard, topic, key, value, traceparent)
           SELECT * FROM unnest($1::smallint[], $2::text[], $3::text[], $4::bytea[], $5::text[])`,
    values: [
      rows.map((row) => shardOf(row.key)),
      rows.map((row) => row.topic),
      rows.map((row) => row.key),
      rows.map((row) => row.value),
      rows.map((row) => row.traceparent),
    ],
  });
}
