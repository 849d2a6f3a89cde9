import type { Clock } from '@florin/observability';

const windowMs = 60_000;

/**
 * Stops a bad deploy from draining a topic into its dead letters: beyond so many a minute, a group keeps its records
 * in the topic and waits, because a thousand messages that fail alike are a fault of the code, not of the messages.
 */
export class DeadLetterLimit {
  private windowStartedAt = Number.NEGATIVE_INFINITY;
  private inWindow = 0;

  constructor(
    private readonly clock: Clock,
    private readonly perMinute: number,
  ) {}

  /** True when one more dead letter fits into this minute, and counts it. */
  admit(): boolean {
    const nowMs = this.clock.now();
    if (nowMs - this.windowStartedAt >= windowMs) {
      this.windowStartedAt = nowMs;
      this.inWindow = 0;
    }
    if (this.inWindow >= this.perMinute) return false;
    this.inWindow++;
    return true;
  }

  /** Until the next minute begins. */
  get retryAfterMs(): number {
    return Math.max(0, this.windowStartedAt + windowMs - this.clock.now());
  }

  get isExhausted(): boolean {
    return this.inWindow >= this.perMinute && this.retryAfterMs > 0;
  }
}
