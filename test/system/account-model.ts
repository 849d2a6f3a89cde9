import { type Quote, refuseQuote, shareOf } from './model-quotes.js';
import { feeOn, Spending, type Terms } from './model-terms.js';

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
  /** At which it was made, when another currency arrives. */
  readonly quote?: Quote;
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
  /** By position, like accounts. */
  readonly quotes: Quote[] = [];
  private readonly spending = new Spending();

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

  /** The quote is used up when rules and limits let the transfer pass, whatever becomes of it after that. */
  transfer(order: TransferOrder, quote?: Quote): Movement {
    const { amount, source, destination } = order;
    const wanted = { amount, to: this.accounts[destination]!.currency };
    const refusal = quote && refuseQuote(quote, this.accounts[source]!, wanted);
    if (refusal) return this.note(movementOf(order), 0, refusal);
    const admission = this.admitTransfer(order);
    if ('refusal' in admission) return this.note(movementOf(order), 0, admission.refusal);
    if (quote) quote.isUsed = true;
    return this.settle(order, admission.fee, quote);
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
  reverse(original: number, amount: number | undefined, byOperator: boolean): Movement {
    const found = this.movements[original]!;
    const { source, destination } = found;
    const left = found.amount - found.reversed;
    const facts = { kind: 'reversal', source: destination, destination: source } as const;
    const refused = (reason: string) => this.note({ ...facts, amount: amount ?? left }, 0, reason);
    if (found.status === 'reversed') return refused('already-reversed');
    const isTransfer = found.kind === 'transfer' && found.status === 'completed';
    if (found.quote && !byOperator) return refused('not-reversible');
    if (!isTransfer || source === undefined || destination === undefined) return refused('not-reversible');
    if (amount !== undefined && amount > left) return refused('reversal-exceeds-original');
    const back = amount ?? left;
    const before = found.reversed;
    const taken = found.quote ? shareOf(found.quote, before + back) - shareOf(found.quote, before) : back;
    const legs: Leg[] = [
      [destination, -taken],
      [source, back],
    ];
    const refusal = this.post(legs.filter(([, moved]) => moved !== 0));
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
    if (payee && !terms.isExchange && payer.currency !== payee.currency) {
      return { refusal: 'beneficiary-not-allowed' };
    }
    const fits = this.spending.take(payer, type, amount, terms, terms.walletTypes?.[payer.walletType]);
    return fits ? { fee: feeOn(amount, terms) } : { refusal: 'limit-exceeded' };
  }

  private giveBack({ type, source, amount }: TransferOrder): void {
    this.spending.giveBack(this.accounts[source]!, type, amount);
  }

  private settle(order: TransferOrder, fee: number, quote?: Quote): Movement {
    const { source, destination, amount } = order;
    const refusal = this.refuseSides(order, quote) ?? this.post(this.legsOf(order, fee, quote));
    if (refusal !== undefined) this.giveBack(order);
    return this.note({ ...movementOf({ source, destination, amount }), quote }, fee, refusal);
  }

  private refuseSides({ source, destination }: TransferOrder, quote?: Quote): string | undefined {
    const [payer, payee] = [this.accounts[source]!, this.accounts[destination]!];
    if (payee.currency !== (quote?.to ?? payer.currency)) return 'currency-mismatch';
    return payee.status === 'closed' || payer.status !== 'active' ? 'wallet-not-active' : undefined;
  }

  private legsOf({ source, destination, amount }: TransferOrder, fee: number, quote?: Quote) {
    const legs: Leg[] = [
      [source, -amount],
      [destination, quote?.arrives ?? amount],
    ];
    return withFee(legs, source, fee);
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
    facts: Pick<Movement, 'kind' | 'source' | 'destination' | 'amount' | 'quote'>,
    fee: number,
    declineReason: string | undefined,
  ): Movement {
    const status = declineReason === undefined ? 'completed' : 'declined';
    const movement: Movement = { ...facts, fee, status, declineReason, reversed: 0 };
    this.movements.push(movement);
    return movement;
  }
}

function movementOf({ source, destination, amount }: Omit<TransferOrder, 'type'>) {
  return { kind: 'transfer', source, destination, amount } as const;
}

function withFee(legs: readonly Leg[], payer: number, fee: number): readonly Leg[] {
  return fee > 0 ? [...legs, [payer, -fee]] : legs;
}
