import type { LedgerCommand, TransferCommand } from '../src/domain/ledger-command.js';

type Of<K extends LedgerCommand['kind']> = Extract<LedgerCommand, { kind: K }>;
interface Account {
  posted: number;
  held: number;
  lines: { amount: number; heldChange: number; posted: number; held: number }[];
}
interface Hold {
  wallet: string;
  remaining: number;
  isOpen: boolean;
  expiresAt: number;
}
interface Move {
  from: string | undefined;
  to: string | undefined;
  amount: number;
  reversed: number;
  isExchange: boolean;
}

/**
 * The ledger as a child would keep it: integers in maps, one rule about what may be spent, no database. One wallet has
 * an overdraft of 50; the euro wallet takes half of what is sent to it in dollars, rounded down, and gives it
 * back rounded up, as long as it lasts.
 */
export class LedgerModel {
  private readonly accounts = new Map<string, Account>();
  private readonly holds = new Map<string, Hold>();
  private readonly moves = new Map<string, Move>();
  private readonly verdicts = new Map<string, boolean>();

  constructor(
    private readonly overdraftWallet: string,
    private readonly euroWallet: string,
  ) {}

  statementOf(wallet: string): Account['lines'] {
    return this.account(wallet).lines;
  }

  /** The verdicts of a command, none when it was decided before or there is nothing to decide. */
  apply(command: LedgerCommand, now: number): [string, boolean][] {
    const { transactionId: id } = command;
    if (this.verdicts.has(id)) return [];
    if (command.kind === 'bulk') return this.bulk(command);
    const verdict = this.decide(command, now);
    if (verdict === undefined) return [];
    this.verdicts.set(id, verdict);
    return [[id, verdict]];
  }

  private decide(command: Exclude<LedgerCommand, { kind: 'bulk' }>, now: number): boolean | undefined {
    switch (command.kind) {
      case 'deposit':
        return this.move(command.transactionId, undefined, command.walletId, command.amount);
      case 'transfer':
        return this.transfer(command);
      case 'hold':
        return this.place(command);
      case 'reversal':
        return this.reverse(command);
      case 'adjustment':
        throw new Error('the model knows no adjustments');
      default:
        return this.onHold(command, now);
    }
  }

  private transfer({
    transactionId,
    sourceWalletId: from,
    destinationWalletId: to,
    ...terms
  }: TransferCommand) {
    const { amount, fee, exchange } = terms;
    const isEuro = to === this.euroWallet;
    if (from === to || from === this.euroWallet || isEuro !== (exchange !== null)) return false;
    if (this.available(from) < amount + fee || (isEuro && halfOf(amount) === 0)) return false;
    this.move(transactionId, from, to, amount, isEuro);
    if (fee > 0) this.change(from, -fee, 0);
    return true;
  }

  private place({ transactionId, walletId: wallet, amount, expiresAt }: Of<'hold'>): boolean {
    if (this.available(wallet) < amount) return false;
    this.change(wallet, 0, amount);
    this.holds.set(transactionId, { wallet, remaining: amount, isOpen: true, expiresAt });
    return true;
  }

  private onHold(
    command: Of<'increment'> | Of<'capture'> | Of<'void'> | Of<'expiry'>,
    now: number,
  ): boolean | undefined {
    const hold = this.holds.get(command.holdId);
    const isOver = hold !== undefined && hold.expiresAt <= now;
    if (command.kind === 'expiry') return hold?.isOpen && isOver ? this.release(hold) : undefined;
    if (!hold?.isOpen) return false;
    if (command.kind === 'void') return this.release(hold);
    if (isOver) return false;
    if (command.kind === 'increment') {
      if (this.available(hold.wallet) < command.amount) return false;
      this.change(hold.wallet, 0, command.amount);
      hold.remaining += command.amount;
      return true;
    }
    const { transactionId, amount, destinationWalletId: to, final } = command;
    if (amount > hold.remaining || to === hold.wallet || to === this.euroWallet) return false;
    const remaining = final ? 0 : hold.remaining - amount;
    this.change(hold.wallet, -amount, remaining - hold.remaining);
    if (to) this.change(to, amount, 0);
    this.moves.set(transactionId, {
      from: hold.wallet,
      to: to ?? undefined,
      amount,
      reversed: 0,
      isExchange: false,
    });
    hold.remaining = remaining;
    hold.isOpen = remaining > 0;
    return true;
  }

  private release(hold: Hold): boolean {
    this.change(hold.wallet, 0, -hold.remaining);
    hold.remaining = 0;
    hold.isOpen = false;
    return true;
  }

  private reverse({ originalId, amount }: Of<'reversal'>): boolean {
    const original = this.moves.get(originalId);
    if (!original) return false;
    const left = original.amount - original.reversed;
    const back = amount ?? left;
    if (left === 0 || back > left) return false;
    const share = (moved: number) =>
      original.isExchange ? Math.min(Math.ceil(moved / 2), halfOf(original.amount)) : moved;
    const taken = share(original.reversed + back) - share(original.reversed);
    if (original.to !== undefined && this.available(original.to) < taken) return false;
    if (original.to && taken > 0) this.change(original.to, -taken, 0);
    if (original.from) this.change(original.from, back, 0);
    original.reversed += back;
    return true;
  }

  private bulk({ transactionId: id, mode, items }: Of<'bulk'>): [string, boolean][] {
    const before = structuredClone({ accounts: this.accounts, moves: this.moves });
    const verdicts = items.map((item): [string, boolean] => [item.transactionId, this.transfer(item)]);
    const isWhole = verdicts.every(([, posted]) => posted);
    if (mode === 'atomic' && !isWhole) {
      this.restore(before);
      for (const verdict of verdicts) verdict[1] = false;
    }
    verdicts.push([id, mode === 'independent' || isWhole]);
    for (const [key, posted] of verdicts) this.verdicts.set(key, posted);
    return verdicts;
  }

  private restore(before: { accounts: Map<string, Account>; moves: Map<string, Move> }): void {
    this.accounts.clear();
    this.moves.clear();
    for (const [id, account] of before.accounts) this.accounts.set(id, account);
    for (const [id, move] of before.moves) this.moves.set(id, move);
  }

  private move(
    id: string,
    from: string | undefined,
    to: string,
    amount: number,
    isExchange = false,
  ): boolean {
    if (from) this.change(from, -amount, 0);
    this.change(to, isExchange ? halfOf(amount) : amount, 0);
    this.moves.set(id, { from, to, amount, reversed: 0, isExchange });
    return true;
  }

  private available(wallet: string): number {
    const { posted, held } = this.account(wallet);
    return posted - held + (wallet === this.overdraftWallet ? 50 : 0);
  }

  private change(wallet: string, amount: number, heldChange: number): void {
    const account = this.account(wallet);
    account.posted += amount;
    account.held += heldChange;
    account.lines.push({ amount, heldChange, posted: account.posted, held: account.held });
  }

  private account(wallet: string): Account {
    const found = this.accounts.get(wallet) ?? { posted: 0, held: 0, lines: [] };
    this.accounts.set(wallet, found);
    return found;
  }
}

/** Half of an amount of cents, without the half cent. */
function halfOf(amount: number): number {
  return Math.floor(amount / 2);
}
