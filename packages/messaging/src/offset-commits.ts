import type { Logger } from '@florin/observability';
import type { EachBatchPayload } from './kafka.js';

type Offsets = Pick<EachBatchPayload, 'uncommittedOffsets' | 'commitOffsetsIfNecessary'>;

const intervalMs = 400;
/** A process that dies has so many records of a partition delivered again at most, besides those of its last batch. */
const maxUncommitted = 500;

/**
 * Tells Kafka how far a consumer is. kafkajs by itself would do it after each batch of each partition, and a batch is some
 * ten records: two of three requests were commits, and each held up the next fetch. What is not committed when the
 * process dies comes again and is a duplicate in the inbox, so every 0.4 s is enough.
 */
export class OffsetCommits {
  private uncommitted = 0;
  private memberships = 0;
  private committedAtMs = Number.NEGATIVE_INFINITY;
  private offsets: Offsets | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly logger: Logger) {}

  /**
   * Records have been resolved. Waits for the commit only when it must not be put off: when copies of the records are in
   * other topics, or when there are too many of them.
   * @throws what kafkajs throws, a rebalance among it
   */
  async resolved(offsets: Offsets, records: number, isUrgent: boolean): Promise<void> {
    this.offsets = offsets;
    this.uncommitted += records;
    if (isUrgent || this.uncommitted >= maxUncommitted) {
      // One that is under way may have been sent before.
      await this.running?.catch(() => undefined);
      await this.commit();
      return;
    }
    this.arm();
  }

  /** Commits what is resolved; what cannot be committed comes again. */
  async flush(): Promise<void> {
    await this.running?.catch(() => undefined);
    await this.commit().catch((error: Error) =>
      this.logger.debug({ err: error }, 'offsets were not committed'),
    );
  }

  /** The partitions may be others now, and kafkajs has forgotten what was resolved of those before. */
  forget(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.uncommitted = 0;
    this.offsets = undefined;
    this.memberships++;
  }

  /** The next commit in the background, unless one is under way: that one arms the next when it has ended. */
  private arm(): void {
    if (this.uncommitted === 0 || this.running || this.timer) return;
    const waitMs = this.committedAtMs + intervalMs - performance.now();
    if (waitMs <= 0) void this.flush();
    else this.timer = setTimeout(() => void this.flush(), waitMs);
  }

  private commit(): Promise<void> {
    this.running ??= this.commitNow().finally(() => {
      this.running = undefined;
      this.arm();
    });
    return this.running;
  }

  private async commitNow(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { offsets, uncommitted, memberships } = this;
    if (!offsets || uncommitted === 0) return;
    this.uncommitted = 0;
    try {
      await offsets.commitOffsetsIfNecessary(offsets.uncommittedOffsets());
    } catch (error) {
      // They are still to be committed, even when no record follows; after a rebalance they are somebody else's.
      if (memberships === this.memberships) this.uncommitted += uncommitted;
      throw error;
    } finally {
      this.committedAtMs = performance.now();
    }
  }
}
