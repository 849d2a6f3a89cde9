/**
 * The ledger's decision: which of a batch of commands move money, and what the balances are after each of them.
 * Pure: the caller locks and loads the wallets before, and writes the outcome after.
 */

export interface PostingCommand {
  readonly transactionId: string;
  readonly sourceWalletId: string;
  readonly destinationWalletId: string;
  /** Minor units. */
  readonly amount: number;
  /** Minor units, charged to the source on top of the amount; 0 for none. */
  readonly fee: number;
  /** The account that receives the fee. */
  readonly feeWalletId: string;
  /** A customer may not name a system account, and a deposit comes from nothing else. */
  readonly sourceKind: WalletKind;
  readonly currency: string;
  readonly description: string | null;
  /** Milliseconds since the Unix epoch; null for none. */
  readonly deadlineAt: number | null;
}

export type WalletKind = 'customer' | 'system';

export interface WalletState {
  readonly id: string;
  readonly kind: WalletKind;
  readonly currency: string;
  readonly status: string;
  readonly posted: number;
  readonly held: number;
  readonly overdraftLimit: number;
  readonly maxBalance: number | null;
  /** Number of the wallet's last entry, 0 before the first. */
  readonly sequence: number;
  /** When that entry was posted, milliseconds since the Unix epoch; 0 before the first. */
  readonly lastEntryAt: number;
}

export interface PostedEntry {
  readonly walletId: string;
  readonly sequence: number;
  readonly amount: number;
  readonly posted: number;
  readonly held: number;
  readonly available: number;
}

export type DeclineReason =
  | 'amount-invalid'
  | 'balance-limit-exceeded'
  | 'currency-mismatch'
  | 'deadline-exceeded'
  | 'insufficient-funds'
  | 'same-wallet'
  | 'wallet-not-active'
  | 'wallet-not-found';

export type Decision =
  | { readonly status: 'posted'; readonly entries: readonly PostedEntry[] }
  | { readonly status: 'declined'; readonly reason: DeclineReason };

export interface BatchDecision {
  /** One for each command, in their order. */
  readonly decisions: readonly Decision[];
  /** The wallets whose balance moved, as they are after the batch. */
  readonly changed: ReadonlyMap<string, WalletState>;
}

/** Decides a batch in arrival order: each command sees the balances that the ones before it left. */
export function decidePostings(
  wallets: ReadonlyMap<string, WalletState>,
  commands: readonly PostingCommand[],
  now: number,
): BatchDecision {
  const changed = new Map<string, WalletState>();
  const current: Lookup = (id) => changed.get(id) ?? wallets.get(id);
  const decisions = commands.map((command): Decision => {
    const refusal = refuse(command, current, now);
    if (refusal) return { status: 'declined', reason: refusal };
    const legs = apply(legsOf(command), current);
    if (typeof legs === 'string') return { status: 'declined', reason: legs };
    for (const { after } of legs) changed.set(after.id, after);
    return { status: 'posted', entries: legs.map((leg) => leg.entry) };
  });
  return { decisions, changed };
}

/** What is left to spend: posted − held + overdraft. */
export function availableOf(wallet: WalletState): number {
  return wallet.posted - wallet.held + wallet.overdraftLimit;
}

type Lookup = (id: string) => WalletState | undefined;

function refuse(command: PostingCommand, current: Lookup, now: number): DeclineReason | undefined {
  if (command.deadlineAt !== null && now > command.deadlineAt) return 'deadline-exceeded';
  if (!Number.isSafeInteger(command.amount) || command.amount <= 0) return 'amount-invalid';
  if (!Number.isSafeInteger(command.fee) || command.fee < 0) return 'amount-invalid';
  if (command.sourceWalletId === command.destinationWalletId) return 'same-wallet';
  const destination = current(command.destinationWalletId);
  if (destination?.kind !== 'customer') return 'wallet-not-found';
  if (destination.currency !== command.currency) return 'currency-mismatch';
  const source = current(command.sourceWalletId);
  if (source?.kind !== command.sourceKind) return 'wallet-not-found';
  if (source.currency !== command.currency) return 'currency-mismatch';
  if (source.status !== 'active' || destination.status !== 'active') return 'wallet-not-active';
  return undefined;
}

interface Leg {
  readonly walletId: string;
  readonly amount: number;
}

/** The fee is a pair of its own, so that a statement shows it as a line of its own. */
function legsOf(command: PostingCommand): Leg[] {
  const legs = [
    { walletId: command.sourceWalletId, amount: -command.amount },
    { walletId: command.destinationWalletId, amount: command.amount },
  ];
  if (command.fee > 0) {
    legs.push({ walletId: command.sourceWalletId, amount: -command.fee });
    legs.push({ walletId: command.feeWalletId, amount: command.fee });
  }
  return legs;
}

interface AppliedLeg {
  readonly after: WalletState;
  readonly entry: PostedEntry;
}

/** All legs or none. */
function apply(legs: readonly Leg[], current: Lookup): AppliedLeg[] | DeclineReason {
  const own = new Map<string, WalletState>();
  const applied: AppliedLeg[] = [];
  for (const { walletId, amount } of legs) {
    const before = own.get(walletId) ?? current(walletId);
    // The caller loads the fee account of every currency it has wallets in; without it nothing can be decided.
    if (!before) throw new Error(`account ${walletId} is not loaded`);
    const after = { ...before, posted: before.posted + amount, sequence: before.sequence + 1 };
    const broken = brokenBound(before, after);
    if (broken) return broken;
    own.set(walletId, after);
    applied.push({ after, entry: entryOf(after, amount) });
  }
  return applied;
}

/**
 * Sums beyond 2^53 − 1 may have been rounded, but never back below it: rounding is monotonic and 2^53 is exact. So
 * checking the result is enough.
 */
function brokenBound(before: WalletState, after: WalletState): DeclineReason | undefined {
  const isDebit = after.posted < before.posted;
  if (isDebit && after.kind === 'customer' && availableOf(after) < 0) return 'insufficient-funds';
  if (!Number.isSafeInteger(after.posted)) return 'balance-limit-exceeded';
  if (!Number.isSafeInteger(availableOf(after))) return 'balance-limit-exceeded';
  if (!isDebit && after.maxBalance !== null && after.posted > after.maxBalance)
    return 'balance-limit-exceeded';
  return undefined;
}

function entryOf(wallet: WalletState, amount: number): PostedEntry {
  return {
    walletId: wallet.id,
    sequence: wallet.sequence,
    amount,
    posted: wallet.posted,
    held: wallet.held,
    available: availableOf(wallet),
  };
}
