import type { Clock } from '@florin/observability';

const windowMs = 60_000;

export interface DeadLetterBooking {
  /** True when one more dead letter fits into this minute, and counts it. */
  admit(): boolean;
  /** The dead letters could not be sent: they will come again, and be counted then. */
  cancel(): void;
}

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

  /** Counts dead letters that are about to be sent, so that none of them counts twice when they could not be. */
  book(): DeadLetterBooking {
    const booked = new Map<number, number>();
    return {
      admit: () => {
        if (!this.admit()) return false;
        booked.set(this.windowStartedAt, (booked.get(this.windowStartedAt) ?? 0) + 1);
        return true;
      },
      cancel: () => {
        this.inWindow -= booked.get(this.windowStartedAt) ?? 0;
        booked.clear();
      },
    };
  }

  private admit(): boolean {
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
