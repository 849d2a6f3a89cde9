import type { Pool } from '@florin/database';
import type { Logger } from '@florin/observability';
import { type IdRanges, toRanges } from './id-ranges.js';
import { deleteRows, type OutboxBatch } from './outbox-batch.js';
import type { HeldShards } from './outbox-lease.js';
import { OutboxVacuum } from './outbox-vacuum.js';

/** What was sent in so long is published again after a crash, and deleted in one statement otherwise. */
const lingerMs = 100;
const maxRows = 1_000;

interface Sent {
  readonly ids: readonly number[];
  readonly held: HeldShards;
}

/** Outbox rows that Kafka has, or is being sent, and that are still in the table. */
export class SentRows {
  private inHand: readonly number[] = [];
  private acknowledged: Sent[] = [];
  private count = 0;
  private firstAtMs = 0;
  private readonly vacuum: OutboxVacuum;

  constructor(
    private readonly pool: Pool,
    logger: Logger,
  ) {
    this.vacuum = new OutboxVacuum(pool, logger);
  }

  /** Rows that are not to be read. */
  get inFlight(): IdRanges {
    return toRanges(ascending([this.inHand, ...this.acknowledged.map(({ ids }) => ids)]));
  }

  /** When what Kafka has acknowledged is to be deleted; never when there is nothing. */
  get dueAtMs(): number {
    if (this.count === 0) return Number.POSITIVE_INFINITY;
    return this.count >= maxRows ? 0 : this.firstAtMs + lingerMs;
  }

  /** A batch is about to be sent, after the one before it. */
  begin({ ids }: OutboxBatch): void {
    this.inHand = ids;
  }

  /** Kafka has acknowledged the batch, or a part of it; the rest is not on its way any more. */
  acknowledge({ ids, held }: OutboxBatch): void {
    this.inHand = [];
    if (ids.length === 0) return;
    if (this.count === 0) this.firstAtMs = performance.now();
    this.acknowledged.push({ ids, held });
    this.count += ids.length;
  }

  /** Nobody knows what became of the batch in hand. */
  giveUp(): void {
    this.inHand = [];
  }

  /** The server may be another one, which has given the same ids to other rows: whatever is in the table is sent again. */
  forget(): void {
    this.giveUp();
    this.acknowledged = [];
    this.count = 0;
  }

  /**
   * Deletes what Kafka has acknowledged. When that fails, it is tried again together with what comes then.
   * @returns false when some of it was not this holder's to delete, or gone
   */
  async remove(): Promise<boolean> {
    let isComplete = true;
    while (this.acknowledged.length > 0) {
      const { held } = this.acknowledged[0]!;
      const end = this.acknowledged.findIndex((sent) => !isSameLease(sent.held, held));
      const batches = this.acknowledged.slice(0, end === -1 ? undefined : end);
      const ids = ascending(batches.map((sent) => sent.ids));
      const deleted = await deleteRows(this.pool, toRanges(ids), held);
      this.vacuum.deleted(deleted);
      isComplete &&= deleted === ids.length;
      this.acknowledged.splice(0, batches.length);
      this.count -= ids.length;
      this.firstAtMs = performance.now();
    }
    return isComplete;
  }

  /** The table may be vacuumed for longer than there is time to stop, and nobody has to wait for it. */
  stop(): Promise<void> {
    return this.vacuum.stop();
  }
}

/** The same shards under the same epochs. */
function isSameLease(a: HeldShards, b: HeldShards): boolean {
  return a === b || (a.size === b.size && [...a].every(([shard, epoch]) => b.get(shard) === epoch));
}

function ascending(ids: readonly (readonly number[])[]): number[] {
  return ids.flat().sort((a, b) => a - b);
}
