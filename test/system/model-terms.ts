export interface Limits {
  readonly perTransaction?: number;
  readonly dailyAmount?: number;
  readonly dailyCount?: number;
}

export interface Terms extends Limits {
  readonly flat: number;
  readonly basisPoints: number;
  /** Limits of the wallets of a type besides. */
  readonly walletTypes?: Readonly<Record<string, Limits>>;
  /** Its rules let wallets of different currencies pay each other, too. */
  readonly isExchange?: boolean;
  /** Wallet types that may pay each other with it; money from and to the outside needs no rule. */
  readonly between?: ReadonlySet<string>;
}

/** Of whom, and of which kind of transaction, something is counted. */
export interface Spender {
  readonly owner: number;
  readonly currency: string;
  readonly walletType: string;
}

const none = Number.MAX_SAFE_INTEGER;

/** What customers have sent today: all of a customer's wallets together, and those of each wallet type besides. */
export class Spending {
  private readonly spent = new Map<string, { amount: number; count: number }>();

  /** Counts an amount, or says that it is too much, and counts nothing. */
  take(spender: Spender, type: string, amount: number, all: Limits, ofWalletType: Limits = {}): boolean {
    const counters = this.countersOf(spender, type);
    const fits = [all, ofWalletType].every(({ perTransaction, dailyAmount, dailyCount }, i) => {
      const spent = counters[i]!;
      return (
        amount <= (perTransaction ?? none) &&
        spent.amount + amount <= (dailyAmount ?? none) &&
        spent.count + 1 <= (dailyCount ?? none)
      );
    });
    if (fits) this.add(counters, amount, 1);
    return fits;
  }

  giveBack(spender: Spender, type: string, amount: number): void {
    this.add(this.countersOf(spender, type), -amount, -1);
  }

  private add(counters: readonly { amount: number; count: number }[], amount: number, count: number): void {
    for (const counter of counters) {
      counter.amount += amount;
      counter.count += count;
    }
  }

  private countersOf({ owner, currency, walletType }: Spender, type: string) {
    return ['', walletType].map((scope) => {
      const key = `${owner} ${type} ${currency} ${scope}`;
      const counter = this.spent.get(key) ?? { amount: 0, count: 0 };
      this.spent.set(key, counter);
      return counter;
    });
  }
}

/** Halves to even. */
export function feeOn(amount: number, { flat, basisPoints }: Terms): number {
  const exact = amount * basisPoints;
  const down = Math.floor(exact / 10_000);
  const rest = exact % 10_000;
  return flat + down + (rest > 5_000 || (rest === 5_000 && down % 2 === 1) ? 1 : 0);
}
