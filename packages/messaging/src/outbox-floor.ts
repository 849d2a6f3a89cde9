import type { Pool } from '@florin/database';
import type { IdRanges } from './id-ranges.js';

const settleEveryMs = 1_000;

interface Pending {
  readonly id: number;
  /** Transactions that may have drawn an id up to this one and have not ended. */
  writers: ReadonlySet<string>;
}

/**
 * The id below which some shards hold nothing and never will, so that a select need not walk over what was deleted.
 * VACUUM removes that from the index, but only once a minute, and not at all while a transaction is open that is older:
 * a dump of ten minutes made every select read millions of dead entries.
 *
 * It is not a cursor. Commits do not come in id order, so an id counts as settled only when nobody can commit it any
 * more: whoever draws an id has locked the table before (ROW EXCLUSIVE, held until the transaction has ended) and
 * draws it from a sequence without cache. Those who hold the lock after an id was seen are all that may still commit
 * it or a lower one; once they have ended, every select that starts afterwards sees what they left.
 */
export class OutboxFloor {
  private floor = 0;
  private shards = '';
  private seen = 0;
  private settled = 0;
  private pending: Pending | undefined;
  private settledAtMs = 0;

  constructor(private readonly pool: Pool) {}

  /** What was learnt of some shards says nothing about others. */
  of(shards: readonly number[]): number {
    const names = shards.join();
    if (names !== this.shards) this.floor = 0;
    this.shards = names;
    return this.floor;
  }

  /** Ids up to this one are committed or rolled back. Ask before a select starts, and pass it to `learn` afterwards. */
  get settledId(): number {
    return this.settled;
  }

  /** Takes the ids that a select found, in ascending order, and those that it left out. */
  learn(settledId: number, found: readonly number[], inFlight: IdRanges): void {
    this.seen = Math.max(this.seen, found.at(-1) ?? 0);
    // What is in flight may have to be read again.
    this.floor = Math.max(this.floor, Math.min(settledId + 1, found[0] ?? Infinity, ...inFlight.first));
  }

  /** Looks, once a second, whether transactions that could stand in the way have ended. */
  async settle(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.settledAtMs < settleEveryMs || (this.seen <= this.settled && !this.pending)) return;
    this.settledAtMs = nowMs;
    const id = this.seen;
    const writers = await this.writers();
    if (this.pending) {
      const { pending } = this;
      pending.writers = new Set([...pending.writers].filter((writer) => writers.has(writer)));
      if (pending.writers.size > 0) return;
      this.settled = pending.id;
    }
    this.pending = id > this.settled ? { id, writers } : undefined;
  }

  /** After an error the server may be another one, which has not everything that this one had. */
  forget(): void {
    this.floor = 0;
    this.seen = 0;
    this.settled = 0;
    this.pending = undefined;
  }

  private async writers(): Promise<Set<string>> {
    const { rows } = await this.pool.query<{ writer: string }>({
      name: 'outbox-writers',
      text: `SELECT virtualtransaction AS writer FROM pg_locks
             WHERE locktype = 'relation' AND relation = 'outbox'::regclass AND mode = 'RowExclusiveLock'
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    });
    return new Set(rows.map(({ writer }) => writer));
  }
}
