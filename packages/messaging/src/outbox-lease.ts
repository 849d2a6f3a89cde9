import { randomUUID } from 'node:crypto';
import type { Pool } from '@florin/database';
import { outboxShards } from './outbox-shard.js';

export const leaseMs = 3_000;
const renewEveryMs = 1_000;

/** Shards that this process may publish now, each with the epoch it was given. */
export type HeldShards = ReadonlyMap<number, number>;

/**
 * The right to publish a shard of an outbox: one holder at a time, taken over when it expires. Every change of the
 * holder raises the epoch, and a relay deletes rows only under the epochs it was given: one that slept through its
 * lease deletes nothing. Instants are those of the database, so clocks of machines need not agree.
 */
export class OutboxLease {
  private readonly owner = randomUUID();
  private held: HeldShards = new Map();
  private renewedAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly pool: Pool) {}

  /** Takes what is free, renews what is held, at most once a second. */
  async hold(): Promise<HeldShards> {
    const askedAtMs = performance.now();
    if (askedAtMs - this.renewedAtMs < renewEveryMs) return this.held;
    // Rows are locked in ascending order, so that processes that renew at once do not deadlock.
    const { rows } = await this.pool.query<{ shard: number; epoch: number }>({
      name: 'hold-outbox-lease',
      text: `INSERT INTO outbox_lease AS lease (shard, owner, epoch, expires_at)
             SELECT shard, $1, 1, clock_timestamp() + $2 * interval '1 millisecond'
               FROM generate_series(0, $3::int - 1) AS shard ORDER BY shard
             ON CONFLICT (shard) DO UPDATE SET
               owner = $1,
               epoch = lease.epoch + CASE WHEN lease.owner = $1 THEN 0 ELSE 1 END,
               expires_at = clock_timestamp() + $2 * interval '1 millisecond'
             WHERE lease.owner = $1 OR lease.expires_at < clock_timestamp()
             RETURNING shard, epoch`,
      values: [this.owner, leaseMs, outboxShards],
    });
    this.held = new Map(rows.map((row) => [row.shard, row.epoch]));
    this.renewedAtMs = askedAtMs;
    return this.held;
  }

  /** Shards that this process held when it asked last. */
  get count(): number {
    return this.held.size;
  }

  /** Lets the next process take over at once. */
  async release(): Promise<void> {
    this.held = new Map();
    await this.pool.query(`UPDATE outbox_lease SET expires_at = '-infinity' WHERE owner = $1`, [this.owner]);
  }
}
