/** Position in the write-ahead log, as PostgreSQL writes it: `16/B374D848`. */
export function parseLsn(text: string): bigint {
  const [high, low] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

interface Sample {
  readonly at: number;
  readonly lsn: bigint;
}

/** How far a replica is behind, from what the logs of both said. */
export class Freshness {
  /** Where the primary was, oldest first; those that the replica has reached are dropped but for the newest. */
  private samples: Sample[] = [];
  private reached: bigint | undefined;
  private reachedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly maxLagMs: number) {}

  sample(at: number, lsn: bigint): void {
    this.samples.push({ at, lsn });
    // What is too old to make it fresh need not be remembered.
    this.samples = this.samples.filter((sample) => at - sample.at <= this.maxLagMs);
  }

  /** @param lsn undefined when it could not be asked */
  replayed(lsn: bigint | undefined): void {
    this.reached = lsn;
    if (lsn === undefined) {
      this.reachedAt = Number.NEGATIVE_INFINITY;
      return;
    }
    for (const sample of this.samples) if (sample.lsn <= lsn) this.reachedAt = sample.at;
    this.samples = this.samples.filter((sample) => sample.lsn > lsn);
  }

  /** Whether it has all that the primary had a bounded time ago. */
  isFresh(now: number): boolean {
    return now - this.reachedAt <= this.maxLagMs;
  }

  hasReplayed(lsn: bigint): boolean {
    return this.reached !== undefined && this.reached >= lsn;
  }
}
