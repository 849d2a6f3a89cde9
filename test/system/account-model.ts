export interface Terms {
  readonly flat: number;
  readonly basisPoints: number;
  readonly perTransaction?: number;
  readonly dailyAmount?: number;
  readonly dailyCount?: number;
  /** Wallet types that may pay each other with it; money from and to the outside needs no rule. */
  readonly between?: ReadonlySet<string>;
}

export interface Account {
  readonly owner: number;
  readonly walletType: string;
  readonly currency: string;
  readonly maxBalance: number;
  status: 'active' | 'frozen' | 'closed';
  posted: number;
  lines: { readonly transaction: number; readonly amount: number; readonly runningBalance: number }[];
}

export interface Movement {
  readonly kind: 'transfer' | 'deposit' | 'withdrawal' | 'reversal';
  /** Indices of accounts. */
  readonly source?: number;
  readonly destination?: number;
  readonly amount: number;
  readonly fee: number;
  status: 'completed' | 'declined' | 'reversed';
  readonly declineReason?: string;
  reversed: number;
}

export interface TransferOrder {
  readonly type: string;
  readonly source: number;
  readonly destination: number;
  readonly amount: number;
}

type Leg = readonly [account: number, amount: number];
type Admission = { readonly refusal: string } | { readonly fee: number };

/**
 * The platform as a child would keep it: accounts, movements and counters in memory, one customer after the other. It says
 * what every order comes to. Accounts and movements are known by their position, because ids are made elsewhere.
 */
export class AccountModel {
  readonly accounts: Account[] = [];
  readonly movements: Movement[] = [];
  private readonly spent = new Map<string, { amount: number; count: number }>();

  constructor(private readonly types: ReadonlyMap<string, Terms>) {}

  open(account: Pick<Account, 'owner' | 'walletType' | 'currency' | 'maxBalance'>): void {
    this.accounts.push({ ...account, status: 'active', posted: 0, lines: [] });
  }

  /** The refusal, if there is one. */
  changeStatus(account: number, status: Account['status']): string | undefined {
    const found = this.accounts[account]!;
    if (found.status === status) return undefined;
    if (found.status === 'closed') return 'wallet-closed';
    if (status === 'closed' && found.posted !== 0) return 'wallet-not-empty';
    found.status = status;
    return undefined;
  }

  deposit(account: number, amount: number, isAccepted: boolean): Movement {
    const facts = { kind: 'deposit', destination: account, amount } as const;
    const admission = this.admit('deposit', this.accounts[account]!, amount);
    if ('refusal' in admission) return this.note(facts, 0, admission.refusal);
    const { fee } = admission;
    if (fee >= amount) return this.note(facts, 0, 'amount-invalid');
    const refusal = isAccepted ? this.post([[account, amount - fee]]) : 'payment-declined';
    return this.note(facts, fee, refusal);
  }

  withdraw(account: number, amount: number, isAccepted: boolean): Movement {
    const facts = { kind: 'withdrawal', source: account, amount } as const;
    const found = this.accounts[account]!;
    const admission = this.admit('withdrawal', found, amount);
    if ('refusal' in admission) return this.note(facts, 0, admission.refusal);
    const { fee } = admission;
    if (found.status !== 'active') return this.note(facts, fee, 'wallet-not-active');
    if (found.posted < amount + fee) return this.note(facts, fee, 'insufficient-funds');
    if (!isAccepted) return this.note(facts, fee, 'payment-declined');
    return this.note(facts, fee, this.post(withFee([[account, -amount]], account, fee)));
  }

  transfer(order: TransferOrder): Movement {
    const admission = this.admitTransfer(order);
    return 'refusal' in admission
      ? this.note(movementOf(order), 0, admission.refusal)
      : this.settle(order, admission.fee);
  }

  bulk(mode: 'atomic' | 'independent', orders: readonly TransferOrder[]): Movement[] {
    const admissions = orders.map((order) => this.admitTransfer(order));
    const isRuledOut = mode === 'atomic' && admissions.some((admission) => 'refusal' in admission);
    if (isRuledOut) {
      return orders.map((order, i) => {
        const admission = admissions[i]!;
        if ('refusal' in admission) return this.note(movementOf(order), 0, admission.refusal);
        this.giveBack(order);
        return this.note(movementOf(order), 0, 'bulk-declined');
      });
    }
    const before = this.accounts.map((account) => ({ ...account, lines: [...account.lines] }));
    const first = this.movements.length;
    const settled = orders.map((order, i) => {
      const admission = admissions[i]!;
      return 'refusal' in admission
        ? this.note(movementOf(order), 0, admission.refusal)
        : this.settle(order, admission.fee);
    });
    if (mode === 'independent' || settled.every(({ status }) => status === 'completed')) return settled;
    this.accounts.splice(0, this.accounts.length, ...before);
    this.movements.splice(first);
    return settled.map(({ declineReason = 'bulk-declined', fee, status }, i) => {
      if (status === 'completed') this.giveBack(orders[i]!);
      return this.note(movementOf(orders[i]!), fee, declineReason);
    });
  }

  /** Gives back some of a movement, or all that is left of it. */
  reverse(original: number, amount: number | undefined): Movement {
    const found = this.movements[original]!;
    const { source, destination } = found;
    const left = found.amount - found.reversed;
    const facts = { kind: 'reversal', source: destination, destination: source } as const;
    const refused = (reason: string) => this.note({ ...facts, amount: amount ?? left }, 0, reason);
    if (found.status === 'reversed') return refused('already-reversed');
    const isTransfer = found.kind === 'transfer' && found.status === 'completed';
    if (!isTransfer || source === undefined || destination === undefined) return refused('not-reversible');
    if (amount !== undefined && amount > left) return refused('reversal-exceeds-original');
    const back = amount ?? left;
    const refusal = this.post([
      [destination, -back],
      [source, back],
    ]);
    if (refusal === undefined) {
      found.reversed += back;
      if (found.reversed === found.amount) found.status = 'reversed';
    }
    return this.note({ ...facts, amount: back }, 0, refusal);
  }

  /** Who sends sees everything, who receives what has arrived. */
  maySee(customer: number, { source, destination, status }: Movement): boolean {
    const ownerOf = (account?: number) => (account === undefined ? undefined : this.accounts[account]!.owner);
    const hasArrived = status !== 'declined' || source === undefined;
    return ownerOf(source) === customer || (hasArrived && ownerOf(destination) === customer);
  }

  private admitTransfer({ type, source, destination, amount }: TransferOrder): Admission {
    return this.admit(type, this.accounts[source]!, amount, this.accounts[destination]!);
  }

  private admit(type: string, payer: Account, amount: number, payee?: Account): Admission {
    const terms = this.types.get(type);
    if (!terms) return { refusal: 'transaction-type-unknown' };
    if (payee && !(terms.between?.has(payer.walletType) && terms.between.has(payee.walletType))) {
      return { refusal: 'beneficiary-not-allowed' };
    }
    if (payee && payer.currency !== payee.currency) return { refusal: 'beneficiary-not-allowed' };
    if (amount > (terms.perTransaction ?? Number.MAX_SAFE_INTEGER)) return { refusal: 'limit-exceeded' };
    const key = counterOf(payer, type);
    const spent = this.spent.get(key) ?? { amount: 0, count: 0 };
    const after = { amount: spent.amount + amount, count: spent.count + 1 };
    const { dailyAmount = Number.MAX_SAFE_INTEGER, dailyCount = Number.MAX_SAFE_INTEGER } = terms;
    if (after.amount > dailyAmount || after.count > dailyCount) return { refusal: 'limit-exceeded' };
    this.spent.set(key, after);
    return { fee: feeOn(amount, terms) };
  }

  private giveBack({ type, source, amount }: TransferOrder): void {
    const spent = this.spent.get(counterOf(this.accounts[source]!, type))!;
    spent.amount -= amount;
    spent.count -= 1;
  }

  private settle(order: TransferOrder, fee: number): Movement {
    const { source, destination, amount } = order;
    const isOpen = this.accounts[destination]!.status !== 'closed';
    const legs: Leg[] = [
      [source, -amount],
      [destination, amount],
    ];
    const refusal =
      isOpen && this.accounts[source]!.status === 'active'
        ? this.post(withFee(legs, source, fee))
        : 'wallet-not-active';
    if (refusal !== undefined) this.giveBack(order);
    return this.note(movementOf(order), fee, refusal);
  }

  /** Moves all legs, for the movement that is noted next, or none: then it says why. */
  private post(legs: readonly Leg[]): string | undefined {
    const posted = this.accounts.map((account) => account.posted);
    for (const [index, amount] of legs) {
      const { status, maxBalance } = this.accounts[index]!;
      const after = posted[index]! + amount;
      if (status === 'closed' || (status === 'frozen' && amount < 0)) return 'wallet-not-active';
      if (amount < 0 && after < 0) return 'insufficient-funds';
      if (amount > 0 && after > maxBalance) return 'balance-limit-exceeded';
      posted[index] = after;
    }
    for (const [index, amount] of legs) {
      const account = this.accounts[index]!;
      account.posted += amount;
      const transaction = this.movements.length;
      account.lines.push({ transaction, amount, runningBalance: account.posted });
    }
    return undefined;
  }

  private note(
    facts: Pick<Movement, 'kind' | 'source' | 'destination' | 'amount'>,
    fee: number,
    declineReason: string | undefined,
  ): Movement {
    const status = declineReason === undefined ? 'completed' : 'declined';
    const movement: Movement = { ...facts, fee, status, declineReason, reversed: 0 };
    this.movements.push(movement);
    return movement;
  }
}

function movementOf({ source, destination, amount }: TransferOrder) {
  return { kind: 'transfer', source, destination, amount } as const;
}

function withFee(legs: readonly Leg[], payer: number, fee: number): readonly Leg[] {
  return fee > 0 ? [...legs, [payer, -fee]] : legs;
}

function counterOf({ owner, currency }: Account, type: string): string {
  return `${owner} ${type} ${currency}`;
}

/** Halves to even. */
function feeOn(amount: number, { flat, basisPoints }: Terms): number {
  const exact = amount * basisPoints;
  const down = Math.floor(exact / 10_000);
  const rest = exact % 10_000;
  return flat + down + (rest > 5_000 || (rest === 5_000 && down % 2 === 1) ? 1 : 0);
}
