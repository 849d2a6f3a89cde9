/** Bounds on what a customer may move; null for none. Amounts in minor units, without the fee. */
export interface Limits {
  readonly perTransaction: number | null;
  readonly dailyAmount: number | null;
  readonly dailyCount: number | null;
}

export const noLimits: Limits = { perTransaction: null, dailyAmount: null, dailyCount: null };

/** All wallets of a customer together; otherwise the wallets of one wallet type. */
export const allWallets = '';

/** What is counted together in a day: a customer, a transaction type, a currency, and all wallets or those of a type. */
export interface CounterKey {
  readonly ownerId: string;
  readonly transactionType: string;
  readonly currency: string;
  readonly scope: string;
}

export interface Counter extends CounterKey {
  /** Milliseconds since the Unix epoch. What was counted is for nothing from then on. */
  readonly dayEndsAt: number;
  readonly amount: number;
  readonly count: number;
}

/** What a transaction took of a counter, so that it can give it back if no money moves. */
export interface Share {
  readonly scope: string;
  readonly dayEndsAt: number;
}

/** A transaction that is to be counted, with the limits of the scopes that have any. */
export interface Demand {
  readonly key: Omit<CounterKey, 'scope'>;
  readonly amount: number;
  readonly limits: ReadonlyMap<string, Limits>;
  /** When the day of the customer ends that is running now. */
  readonly dayEndsAt: number;
}

export function hasDailyLimit({ dailyAmount, dailyCount }: Limits): boolean {
  return dailyAmount !== null || dailyCount !== null;
}

/** True when an amount by itself is more than one of the limits lets through. */
export function exceedsSingleLimit(amount: number, limits: Iterable<Limits>): boolean {
  for (const { perTransaction } of limits) {
    if (perTransaction !== null && amount > perTransaction) return true;
  }
  return false;
}

/** Where clocks go forward by two hours. A day is not shorter in any time zone. */
const shortestDayMs = 22 * 3_600_000;

/**
 * The counters of a batch while it is decided, in arrival order. A day that is running ends when it was going to end:
 * a customer who moves to another time zone starts no new one before that. Nor is the one after it cut short by the midnight there: who
 * went from zone to zone would have a limit for each of them.
 */
export class DailyCounters {
  private counters = new Map<string, Counter>();
  private changed = new Set<string>();

  constructor(counters: Iterable<Counter>) {
    for (const counter of counters) this.counters.set(identityOf(counter), counter);
  }

  /** Subtracts what transactions of the running day have given back; of a day that is over it is for nothing. */
  giveBack(returns: Iterable<Counter>): void {
    for (const returned of returns) {
      const id = identityOf(returned);
      const counter = this.counters.get(id);
      if (counter?.dayEndsAt !== returned.dayEndsAt) continue;
      const amount = counter.amount - returned.amount;
      this.counters.set(id, { ...counter, amount, count: counter.count - returned.count });
      this.changed.add(id);
    }
  }

  /** Counts a transaction in all of its scopes and says where; undefined, and nothing is counted, when it is too much. */
  take(demand: Demand, now: number): readonly Share[] | undefined {
    const taken = [...demand.limits].map(([scope, limits]) => {
      const counter = this.running({ ...demand.key, scope }, demand.dayEndsAt, now);
      // Where there is no limit to the amount, its sum may be of any size, and is counted as far as numbers go.
      const amount = Math.min(counter.amount + demand.amount, Number.MAX_SAFE_INTEGER);
      const count = counter.count + 1;
      const isTooMuch = counter.amount + demand.amount > (limits.dailyAmount ?? Number.POSITIVE_INFINITY);
      return isTooMuch || count > (limits.dailyCount ?? Number.POSITIVE_INFINITY)
        ? undefined
        : { ...counter, amount, count };
    });
    if (!taken.every((counter) => counter !== undefined)) return undefined;
    for (const counter of taken) {
      const id = identityOf(counter);
      this.counters.set(id, counter);
      this.changed.add(id);
    }
    return taken.map(({ scope, dayEndsAt }) => ({ scope, dayEndsAt }));
  }

  /** Takes back what `work` has counted unless it says that it stands; returns what it says. */
  tentatively(work: () => boolean): boolean {
    const [counters, changed] = [new Map(this.counters), new Set(this.changed)];
    const stands = work();
    if (!stands) [this.counters, this.changed] = [counters, changed];
    return stands;
  }

  /** The counters that have moved, as they are now. */
  get moved(): Counter[] {
    return [...this.changed].map((id) => this.counters.get(id)!);
  }

  private running(key: CounterKey, midnight: number, now: number): Counter {
    const counter = this.counters.get(identityOf(key));
    if (counter && now < counter.dayEndsAt) return counter;
    const dayEndsAt = counter ? Math.max(midnight, counter.dayEndsAt + shortestDayMs) : midnight;
    return { ...key, dayEndsAt, amount: 0, count: 0 };
  }
}

/** One text for each counter. Codes of types and currencies hold no spaces. */
export function identityOf({ ownerId, transactionType, currency, scope }: CounterKey): string {
  return `${ownerId} ${transactionType} ${currency} ${scope}`;
}
