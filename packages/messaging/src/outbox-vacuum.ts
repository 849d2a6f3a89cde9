import type { Pool } from '@florin/database';
import type { Logger } from '@florin/observability';

const everyRows = 100_000;
/** Of the time, at most, when a long transaction of somebody else keeps VACUUM from removing anything. */
const share = 0.1;

/**
 * Gives the room of deleted rows back to the table. Autovacuum does it as well, but looks at a table once a minute only:
 * at 10,000 messages a second the outbox grew to 300 MB in between.
 */
export class OutboxVacuum {
  private rows = 0;
  private notBeforeMs = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly logger: Logger,
  ) {}

  /** Counts deleted rows, and vacuums in the background when they are many. */
  deleted(rows: number): void {
    this.rows += rows;
    if (this.rows < everyRows || this.running || performance.now() < this.notBeforeMs) return;
    this.rows = 0;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    const startedAtMs = performance.now();
    try {
      // Cutting the end of the file off would lock writers out for a moment, and the room is needed again at once.
      // A role that does not own the table is told so in a warning, and autovacuum has to do.
      await this.pool.query('VACUUM (TRUNCATE false, SKIP_LOCKED, PARALLEL 0) outbox');
    } catch (error) {
      this.logger.warn({ err: error }, 'outbox was not vacuumed, autovacuum will do it');
    }
    const tookMs = performance.now() - startedAtMs;
    this.notBeforeMs = performance.now() + tookMs / share;
    this.running = undefined;
  }
}
