import { randomUUID } from 'node:crypto';
import type { Pool } from '@florin/database';

export const leaseMs = 3_000;
const renewEveryMs = 1_000;

/**
 * The right to publish from an outbox: one holder at a time, taken over when it expires. Every change of the holder
 * raises the epoch, and a relay deletes rows only under the epoch it was given: one that slept through its lease
 * deletes nothing. Instants are those of the database, so clocks of machines need not agree.
 */
export class OutboxLease {
  private readonly owner = randomUUID();
  private epoch: number | undefined;
  private renewedAtMs = 0;

  constructor(private readonly pool: Pool) {}

  /** The epoch that `hold` answered last. */
  get heldEpoch(): number | undefined {
    return this.epoch;
  }

  /** The epoch under which this process may publish now; undefined while another process holds the lease. */
  async hold(): Promise<number | undefined> {
    if (this.epoch !== undefined && performance.now() - this.renewedAtMs < renewEveryMs) return this.epoch;
    const askedAtMs = performance.now();
    const { rows } = await this.pool.query<{ epoch: number }>({
      name: 'hold-outbox-lease',
      text: `INSERT INTO outbox_lease AS lease (name, owner, epoch, expires_at)
             VALUES ('relay', $1, 1, clock_timestamp() + $2 * interval '1 millisecond')
             ON CONFLICT (name) DO UPDATE SET
               owner = $1,
               epoch = lease.epoch + CASE WHEN lease.owner = $1 THEN 0 ELSE 1 END,
               expires_at = clock_timestamp() + $2 * interval '1 millisecond'
             WHERE lease.owner = $1 OR lease.expires_at < clock_timestamp()
             RETURNING epoch`,
      values: [this.owner, leaseMs],
    });
    this.epoch = rows[0]?.epoch;
    this.renewedAtMs = askedAtMs;
    return this.epoch;
  }

  /** Lets the next process take over at once. */
  async release(): Promise<void> {
    this.epoch = undefined;
    await this.pool.query(`UPDATE outbox_lease SET expires_at = '-infinity' WHERE owner = $1`, [this.owner]);
  }
}
