export interface SlotLimits {
  /** How many run at once. */
  readonly count: number;
  /** How many more may wait. */
  readonly maxWaiting: number;
  /** How many of them may be of one party. */
  readonly maxWaitingEach: number;
}

export interface SlotRefusals {
  /** Too many wait already. */
  readonly full: () => Error;
  /** Too many of this party wait already. */
  readonly fullForParty: () => Error;
}

/** Lets so many run at once and so many more wait, first come, first served, and not all of them for one party. */
export class Slots {
  private running = 0;
  private readonly waiting: { readonly party: string; readonly enter: () => void }[] = [];
  private readonly waitingOf = new Map<string, number>();

  constructor(
    private readonly limits: SlotLimits,
    private readonly refusals: SlotRefusals,
  ) {}

  /** @throws what `refusals` makes, when too many wait already */
  async run<T>(party: string, work: () => Promise<T>): Promise<T> {
    if (this.running >= this.limits.count) await this.wait(party);
    else this.running += 1;
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private wait(party: string): Promise<void> {
    const before = this.waitingOf.get(party) ?? 0;
    if (before >= this.limits.maxWaitingEach) throw this.refusals.fullForParty();
    if (this.waiting.length >= this.limits.maxWaiting) throw this.refusals.full();
    this.waitingOf.set(party, before + 1);
    return new Promise((enter) => {
      this.waiting.push({ party, enter });
    });
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (!next) {
      this.running -= 1;
      return;
    }
    const others = this.waitingOf.get(next.party)! - 1;
    if (others === 0) this.waitingOf.delete(next.party);
    else this.waitingOf.set(next.party, others);
    // The slot is handed over, so nobody who comes meanwhile can take it.
    next.enter();
  }
}
