import type { Pool, Transaction } from '@florin/database';
import type { FetchedRecord } from './delivery.js';
import { fromHeaders, headerText } from './failure-headers.js';
import type { GateKey } from './gate-table.js';
import type { OrderPosition } from './order-position.js';

export interface ToPark {
  readonly record: FetchedRecord;
  readonly position: OrderPosition;
  /** Its place in the batch. */
  readonly index: number;
}

interface ParkedRow {
  readonly partition: number;
  readonly offset: number;
  readonly recordKey: Buffer;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Stores messages behind their gates. One that is there already stays as it is. */
export async function insertParked(tx: Transaction, group: string, parked: readonly ToPark[]): Promise<void> {
  if (parked.length === 0) return;
  const places = parked.map(({ position }) => position);
  await tx.query({
    name: 'insert-parked',
    text: `INSERT INTO parked (consumer_group, topic, key, partition, record_offset, copy, record_key, value, headers)
           SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::bytea[],
             $8::bytea[], $9::json[])
           ON CONFLICT DO NOTHING`,
    values: [
      group,
      places.map(({ topic }) => topic),
      places.map(({ key }) => key),
      places.map(({ partition }) => partition),
      places.map(({ offset }) => offset),
      places.map(({ copy }) => copy),
      parked.map(({ record }) => record.message.key),
      parked.map(({ record }) => record.message.value),
      parked.map(({ record }) => JSON.stringify(ownHeaders(record))),
    ],
  });
}

/** Those that the core itself reads again: the trace, and what says how often and why the message has failed. */
function ownHeaders({ message: { headers } }: FetchedRecord): Record<string, string> {
  const names = Object.keys(headers ?? {}).filter(
    (name) => name === 'traceparent' || name.startsWith('florin-'),
  );
  return Object.fromEntries(names.map((name) => [name, headerText(headers, name) ?? '']));
}

/** How many messages wait behind each of these gates. */
export async function countParked(
  tx: Transaction,
  group: string,
  keys: readonly GateKey[],
): Promise<(GateKey & { readonly parked: number })[]> {
  const { rows } = await tx.query<GateKey & { parked: number }>({
    name: 'count-parked',
    text: `SELECT p.topic, p.key, count(*) AS parked
           FROM parked AS p JOIN unnest($2::text[], $3::text[]) AS lane (topic, key)
             ON p.topic = lane.topic AND p.key = lane.key
           WHERE p.consumer_group = $1 GROUP BY p.topic, p.key`,
    values: [group, keys.map(({ topic }) => topic), keys.map(({ key }) => key)],
  });
  return rows;
}

/** Removes messages that do not wait any longer. An undefined `copy` stands for all copies of the message. */
export async function deleteParked(
  tx: Transaction,
  group: string,
  places: readonly (Omit<OrderPosition, 'copy'> & { readonly copy: string | undefined })[],
): Promise<void> {
  if (places.length === 0) return;
  await tx.query({
    name: 'delete-parked',
    text: `DELETE FROM parked AS p
           USING unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[])
             AS gone (topic, key, partition, record_offset, copy)
           WHERE p.consumer_group = $1 AND p.topic = gone.topic AND p.key = gone.key AND p.partition = gone.partition
             AND p.record_offset = gone.record_offset AND p.copy = coalesce(gone.copy, p.copy)`,
    values: [
      group,
      places.map(({ topic }) => topic),
      places.map(({ key }) => key),
      places.map(({ partition }) => partition),
      places.map(({ offset }) => offset),
      places.map(({ copy }) => copy ?? null),
    ],
  });
}

/**
 * Removes the rows of failed messages whose copies in a retry or dead-letter topic are durable. From then on the gate
 * waits for that copy, and no releaser has to look at it.
 */
export async function forgetRouted(
  pool: Pool,
  group: string,
  places: readonly OrderPosition[],
): Promise<void> {
  await pool.query({
    name: 'forget-routed',
    text: `WITH routed AS (
             SELECT * FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[])
               AS r (topic, key, partition, record_offset, copy)),
           forgotten AS (
             DELETE FROM parked AS p USING routed AS r
             WHERE p.consumer_group = $1 AND p.topic = r.topic AND p.key = r.key AND p.partition = r.partition
               AND p.record_offset = r.record_offset AND p.copy = r.copy)
           UPDATE gate AS g SET due_at = 'infinity' FROM routed AS r
           WHERE g.consumer_group = $1 AND g.topic = r.topic AND g.key = r.key AND g.state = 'blocked'
             AND g.blocker_partition = r.partition AND g.blocker_offset = r.record_offset`,
    values: [
      group,
      places.map(({ topic }) => topic),
      places.map(({ key }) => key),
      places.map(({ partition }) => partition),
      places.map(({ offset }) => offset),
      places.map(({ copy }) => copy),
    ],
  });
}

/** What a releaser may handle next of a gate that it holds, in order: of a blocked one, only the blocker. */
export async function nextParked(
  pool: Pool,
  group: string,
  { topic, key }: GateKey,
  { owner, limit }: { readonly owner: string; readonly limit: number },
): Promise<FetchedRecord[]> {
  const { rows } = await pool.query<ParkedRow>({
    name: 'next-parked',
    text: `SELECT p.partition, p.record_offset AS "offset", p.record_key AS "recordKey", p.value, p.headers
           FROM parked AS p
             JOIN gate AS g ON g.consumer_group = p.consumer_group AND g.topic = p.topic AND g.key = p.key
           WHERE p.consumer_group = $1 AND p.topic = $2 AND p.key = $3 AND g.claimed_by = $4
             AND (g.state = 'releasing'
               OR p.partition = g.blocker_partition AND p.record_offset = g.blocker_offset)
           ORDER BY p.partition, p.record_offset, p.copy LIMIT $5`,
    values: [group, topic, key, owner, limit],
  });
  return rows.map(({ partition, offset, recordKey, value, headers }) => ({
    topic,
    partition,
    message: { key: recordKey, value, offset: String(offset), headers },
    failure: fromHeaders(headers),
    wasParked: true,
  }));
}
