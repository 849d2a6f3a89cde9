import { arrayLiteral, type Transaction, textArrayLiteral } from '@florin/database';
import type { IdRange } from './id-ranges.js';
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
 * Stores messages, one at least, inside the business transaction, in one statement.
 *
 * Messages of one key keep their commit order because their writers serialise on a row lock of the aggregate before
 * they draw an outbox id: the later transaction draws the higher id.
 * @returns the lowest and the highest id; the rows have drawn theirs in their order
 */
export async function insertOutbox(tx: Transaction, rows: readonly OutboxRow[]): Promise<IdRange> {
  const lengths = rows.map((row) => row.value.length);
  let end = 1;
  const offsets = lengths.map((length) => {
    end += length;
    return end - length;
  });
  const drawn = await tx.query<IdRange>({
    name: 'insert-outbox',
    text: `WITH stored AS (
             INSERT INTO outbox (shard, topic, key, value, traceparent)
             SELECT u.shard, u.topic, u.key, substring($4::bytea FROM u.start FOR u.length), u.traceparent
               FROM (SELECT unnest($1::smallint[]) AS shard, unnest($2::text[]) AS topic, unnest($3::text[]) AS key,
                            unnest($5::text[]) AS traceparent, unnest($6::int[]) AS start, unnest($7::int[]) AS length) AS u
             RETURNING id)
           SELECT min(id) AS first, max(id) AS last FROM stored`,
    values: [
      arrayLiteral(rows.map((row) => shardOf(row.key))),
      textArrayLiteral(rows.map((row) => row.topic)),
      textArrayLiteral(rows.map((row) => row.key)),
      // In one piece, which travels as it is: an array of bytes is written and read in hexadecimal, and took twice as long.
      Buffer.concat(rows.map((row) => row.value)),
      textArrayLiteral(rows.map((row) => row.traceparent)),
      arrayLiteral(offsets),
      arrayLiteral(lengths),
    ],
  });
  return drawn.rows[0]!;
}
