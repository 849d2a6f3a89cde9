import type { Pool } from '@florin/database';
import type { Logger } from '@florin/observability';
import { dayMs, parseDuration } from './duration.js';
import { deadLetterRetentionMs, messageRetentionMs } from './topics.js';

const sweepEveryMs = 3_600_000;
const rowsPerSweep = 10_000;

/**
 * A record can come back as long as its topic keeps it, and then as long as its dead letter is kept. The inbox has to
 * remember it longer than that; the margin is for what waits in retry topics. `checkTopics` holds it against the topics.
 */
const defaultRetentionMs = messageRetentionMs + deadLetterRetentionMs + 7 * dayMs;

/** Milliseconds of a setting such as `44d`; `Infinity` for `forever`. */
export function inboxRetentionMs(setting: string | undefined): number {
  if (setting === undefined) return defaultRetentionMs;
  return setting === 'forever' ? Number.POSITIVE_INFINITY : parseDuration(setting);
}

/** Forgets messages that can no longer come back. Several instances sweep side by side without waiting. */
export class InboxRetention {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly retentionMs: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    if (this.retentionMs === Number.POSITIVE_INFINITY) return;
    this.timer = setInterval(() => {
      this.sweeping = this.sweep().then(
        () => undefined,
        (error: Error) => this.logger.warn({ err: error }, 'inbox was not swept, the next hour will do it'),
      );
    }, sweepEveryMs);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Returns how many rows were removed, in batches that hold their locks for milliseconds. */
  async sweep(): Promise<number> {
    let removed = 0;
    for (;;) {
      const { rowCount } = await this.pool.query({
        name: 'sweep-inbox',
        text: `DELETE FROM inbox WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM inbox WHERE received_at < clock_timestamp() - $1 * interval '1 millisecond'
                 LIMIT ${rowsPerSweep} FOR UPDATE SKIP LOCKED))`,
        values: [this.retentionMs],
      });
      removed += rowCount ?? 0;
      if ((rowCount ?? 0) < rowsPerSweep) return removed;
    }
  }
}
