import type { Pool, Transaction } from '@florin/database';
import type { OrderPosition } from './order-position.js';

/** A key whose messages wait, as the row says. */
export interface Gate {
  readonly topic: string;
  readonly key: string;
  readonly state: 'blocked' | 'releasing';
  /** Where the message is that the others wait for. */
  readonly partition: number;
  readonly offset: number;
  /** The releaser that works on it. */
  readonly claimedBy: string | null;
}

export type GateKey = Pick<Gate, 'topic' | 'key'>;

export const laneOfGate = ({ topic, key }: GateKey): string => `${topic}\n${key}`;

const columns = `g.topic, g.key, g.state, g.blocker_partition AS partition, g.blocker_offset AS "offset",
               g.claimed_by AS "claimedBy"`;
const namedGates = `gate AS g JOIN unnest($2::text[], $3::text[]) AS lane (topic, key)
               ON g.topic = lane.topic AND g.key = lane.key
             WHERE g.consumer_group = $1`;

function lanesOf(group: string, keys: readonly GateKey[]): [string, string[], string[]] {
  const lanes = new Map(keys.map((key) => [laneOfGate(key), key]));
  const distinct = [...lanes.values()];
  return [group, distinct.map(({ topic }) => topic), distinct.map(({ key }) => key)];
}

function byLane(gates: readonly Gate[]): Map<string, Gate> {
  return new Map(gates.map((gate) => [laneOfGate(gate), gate]));
}

/** The gates of keys as they are at this moment. */
export async function readGates(
  pool: Pool,
  group: string,
  keys: readonly GateKey[],
): Promise<Map<string, Gate>> {
  const { rows } = await pool.query<Gate>({
    name: 'read-gates',
    text: `SELECT ${columns} FROM ${namedGates}`,
    values: lanesOf(group, keys),
  });
  return byLane(rows);
}

/**
 * The gates of keys, which nobody else changes until the end of the transaction. Gates are locked in ascending order and
 * before anything else: inbox rows come after them, and the rows of handlers last.
 */
export async function lockGates(
  tx: Transaction,
  group: string,
  keys: readonly GateKey[],
): Promise<Map<string, Gate>> {
  const { rows } = await tx.query<Gate>({
    name: 'lock-gates',
    text: `SELECT ${columns} FROM ${namedGates} ORDER BY g.topic, g.key FOR UPDATE OF g`,
    values: lanesOf(group, keys),
  });
  return byLane(rows);
}

function placesOf(group: string, places: readonly OrderPosition[]): unknown[] {
  return [
    group,
    places.map(({ topic }) => topic),
    places.map(({ key }) => key),
    places.map(({ partition }) => partition),
    places.map(({ offset }) => offset),
  ];
}

/** Closes gates that are open; the positions must be of different keys. Those that are closed already stay as they are. */
export async function closeGates(
  tx: Transaction,
  group: string,
  blockers: readonly OrderPosition[],
  dueInMs: number,
): Promise<void> {
  if (blockers.length === 0) return;
  await tx.query({
    name: 'close-gates',
    text: `INSERT INTO gate (consumer_group, topic, key, state, blocker_partition, blocker_offset, due_at)
           SELECT $1, topic, key, 'blocked', partition, record_offset, clock_timestamp() + $6 * interval '1 millisecond'
           FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[]) AS b (topic, key, partition, record_offset)
           ORDER BY topic, key
           ON CONFLICT DO NOTHING`,
    values: [...placesOf(group, blockers), dueInMs],
  });
}

/** Makes messages the blockers of gates that this transaction has locked. */
export async function blockGates(
  tx: Transaction,
  group: string,
  blockers: readonly OrderPosition[],
  dueInMs: number,
): Promise<void> {
  if (blockers.length === 0) return;
  await tx.query({
    name: 'block-gates',
    text: `UPDATE gate AS g SET state = 'blocked', blocker_partition = b.partition, blocker_offset = b.record_offset,
             due_at = clock_timestamp() + $6 * interval '1 millisecond'
           FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[]) AS b (topic, key, partition, record_offset)
           WHERE g.consumer_group = $1 AND g.topic = b.topic AND g.key = b.key`,
    values: [...placesOf(group, blockers), dueInMs],
  });
}

/** Lets gates that this transaction has locked be released, by whoever comes first. */
export async function releaseGates(tx: Transaction, group: string, keys: readonly GateKey[]): Promise<void> {
  await tx.query({
    name: 'release-gates',
    text: `UPDATE gate AS g SET state = 'releasing', due_at = '-infinity'
           FROM unnest($2::text[], $3::text[]) AS lane (topic, key)
           WHERE g.consumer_group = $1 AND g.topic = lane.topic AND g.key = lane.key`,
    values: lanesOf(group, keys),
  });
}

/**
 * Removes gates that this transaction has locked and behind which nothing waits any more; true when some have to stay.
 * The lock comes first and in a statement of its own: a snapshot from before it would not show what was parked meanwhile.
 */
export async function removeEmptyGates(
  tx: Transaction,
  group: string,
  keys: readonly GateKey[],
): Promise<boolean> {
  const values = lanesOf(group, keys);
  const { rowCount } = await tx.query({
    name: 'remove-empty-gates',
    text: `DELETE FROM gate AS g USING unnest($2::text[], $3::text[]) AS lane (topic, key)
           WHERE g.consumer_group = $1 AND g.topic = lane.topic AND g.key = lane.key AND g.state = 'releasing'
             AND NOT EXISTS (SELECT FROM parked AS p
               WHERE p.consumer_group = g.consumer_group AND p.topic = g.topic AND p.key = g.key)`,
    values,
  });
  return (rowCount ?? 0) < values[1].length;
}

/** Takes gates that are due, for so long; those that other releasers are just taking are left to them. */
export async function claimGates(
  pool: Pool,
  group: string,
  claim: { readonly owner: string; readonly leaseMs: number; readonly limit: number },
): Promise<GateKey[]> {
  const { rows } = await pool.query<GateKey>({
    name: 'claim-gates',
    text: `UPDATE gate SET claimed_by = $2, due_at = clock_timestamp() + $3 * interval '1 millisecond'
           WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM gate WHERE consumer_group = $1 AND due_at < clock_timestamp()
             ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED))
           RETURNING topic, key`,
    values: [group, claim.owner, claim.leaseMs, claim.limit],
  });
  return rows;
}

/** Puts off when a gate is looked at again: the lease of a releaser, or the pause it makes. */
export async function postponeGate(
  pool: Pool,
  group: string,
  { topic, key }: GateKey,
  { owner, byMs }: { readonly owner: string; readonly byMs: number },
): Promise<void> {
  await pool.query({
    name: 'postpone-gate',
    text: `UPDATE gate SET due_at = clock_timestamp() + $5 * interval '1 millisecond'
           WHERE consumer_group = $1 AND topic = $2 AND key = $3 AND claimed_by = $4
             AND due_at BETWEEN clock_timestamp() - interval '1 hour' AND clock_timestamp() + interval '1 hour'`,
    values: [group, topic, key, owner, byMs],
  });
}

/** After a change of the configuration: what waits in a topic that is not ordered by key any more is let go. */
export async function releaseForgottenGates(
  pool: Pool,
  group: string,
  orderedTopics: readonly string[],
): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'release-forgotten-gates',
    text: `UPDATE gate SET state = 'releasing', due_at = '-infinity'
           WHERE consumer_group = $1 AND topic <> ALL ($2::text[])`,
    values: [group, orderedTopics],
  });
  return rowCount ?? 0;
}
