/** Lets so many run at once and so many more wait, first come, first served. */
export class Slots {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly count: number,
    private readonly maxWaiting: number,
    private readonly refusal: () => Error,
  ) {}

  /** @throws what `refusal` makes, when too many wait already */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.count) {
      if (this.waiting.length >= this.maxWaiting) throw this.refusal();
      // Whoever leaves hands its slot over, so nobody who comes meanwhile can take it.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
