import { randomUUID } from 'node:crypto';
import { Gauge, type Logger, type Registry } from '@florin/observability';
import type { Redis } from 'ioredis';
import type { CacheCommands } from './cache-scripts.js';

/** After a failure nobody asks Redis for so long; then one question, for which nobody waits, finds out. */
const probeEveryMs = 1_000;
/** How long a generation is remembered: longer than anything that was stored before it lives. */
export const generationMs = 60_000;

/**
 * Keeps calls away from a Redis that is away or slow, and sees to it that nothing is read from the cache again, by anybody,
 * before it has forgotten what was changed without its knowledge.
 */
export class CacheGuard {
  private readonly isDown: Gauge;
  private down = false;
  private owed = false;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly commands: CacheCommands,
    private readonly logger: Logger,
    metrics: Registry,
  ) {
    this.isDown = new Gauge({
      name: 'florin_read_cache_down',
      help: '1 while this instance reads past the cache because Redis is away or slow',
      registers: [metrics],
    });
  }

  /** Undefined when Redis cannot say, or has not been asked; never throws. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.down) return undefined;
    // A connection that is being made is no reason to stop asking, and none to wait.
    if (this.redis.status !== 'ready') return undefined;
    try {
      return await work();
    } catch (error) {
      this.giveUp(error);
      return undefined;
    }
  }

  /** Something was changed and the cache could not be told. */
  owe(): void {
    this.owed = true;
    this.giveUp(undefined);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private giveUp(error: unknown): void {
    if (this.down || this.stopped) return;
    this.logger.warn({ err: error }, 'reads go past the cache until Redis answers');
    this.down = true;
    this.isDown.set(1);
    this.probeLater();
  }

  private probeLater(): void {
    if (!this.stopped) this.timer = setTimeout(() => void this.probe(), probeEveryMs).unref();
  }

  private async probe(): Promise<void> {
    const { owed } = this;
    this.owed = false;
    try {
      await (owed ? this.commands.renew(randomUUID(), generationMs) : this.commands.ping());
    } catch {
      this.owed ||= owed;
      this.probeLater();
      return;
    }
    // A change that became known meanwhile is owed again.
    if (this.owed) {
      this.probeLater();
      return;
    }
    this.down = false;
    this.isDown.set(0);
  }
}
