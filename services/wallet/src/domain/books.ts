import type { DecidedTransfer, DeclineReason, HoldState, PostedEntry, TransferRecord } from './decision.js';
import { type SystemAccountKind, systemAccountId } from './system-account.js';
import { availableOf, type WalletState } from './wallet-state.js';

/** A change of one wallet. */
export interface Leg {
  readonly walletId: string;
  readonly amount: number;
  readonly heldChange?: number;
  readonly holdId?: string;
}

export interface OpeningBooks {
  readonly wallets: ReadonlyMap<string, WalletState>;
  readonly holds: ReadonlyMap<string, HoldState>;
  readonly transfers: ReadonlyMap<string, DecidedTransfer>;
  /** Which of the accounts of a kind the batch uses. */
  readonly shard: number;
  /** Names the next entry. */
  readonly nextEntryId: () => string;
}

/**
 * The ledger in memory while a batch is decided: what was loaded under lock, and on top of it what the decisions so far
 * have made of it. A fork sees all of that and keeps its own changes until they are adopted or forgotten.
 */
export class Books {
  private readonly wallets = new Map<string, WalletState>();
  private readonly holds = new Map<string, HoldState>();
  private readonly transfers = new Map<string, DecidedTransfer>();
  private readonly unwrittenHoldIds = new Set<string>();

  private constructor(
    private readonly opening: OpeningBooks,
    private readonly parent?: Books,
  ) {}

  static open(opening: OpeningBooks): Books {
    return new Books(opening);
  }

  fork(): Books {
    return new Books(this.opening, this);
  }

  adopt(fork: Books): void {
    for (const [id, wallet] of fork.wallets) this.wallets.set(id, wallet);
    for (const hold of fork.holds.values()) this.putHold(hold);
    for (const [id, transfer] of fork.transfers) this.transfers.set(id, transfer);
  }

  wallet(id: string): WalletState | undefined {
    return this.wallets.get(id) ?? (this.parent ? this.parent.wallet(id) : this.opening.wallets.get(id));
  }

  hold(id: string): HoldState | undefined {
    return this.holds.get(id) ?? (this.parent ? this.parent.hold(id) : this.opening.holds.get(id));
  }

  transfer(id: string): DecidedTransfer | undefined {
    return (
      this.transfers.get(id) ?? (this.parent ? this.parent.transfer(id) : this.opening.transfers.get(id))
    );
  }

  get shard(): number {
    return this.opening.shard;
  }

  systemAccount(kind: SystemAccountKind, currency: string): string {
    return systemAccountId(kind, currency, this.opening.shard);
  }

  /** The holds that have changed since this was asked for last, as they are now. */
  takeChangedHolds(): readonly HoldState[] {
    const changed = [...this.unwrittenHoldIds].map((id) => this.holds.get(id)!);
    this.unwrittenHoldIds.clear();
    return changed;
  }

  putHold(hold: HoldState): void {
    this.holds.set(hold.id, hold);
    this.unwrittenHoldIds.add(hold.id);
  }

  /** A transfer that has just been decided: nothing of it was given back. */
  putDecided(transfer: TransferRecord): void {
    this.putTransfer({ reversed: 0, destinationReversed: 0, ...transfer });
  }

  putTransfer(transfer: DecidedTransfer): void {
    this.transfers.set(transfer.transactionId, transfer);
  }

  /** Moves all legs or none. */
  post(transactionId: string, legs: readonly Leg[]): PostedEntry[] | DeclineReason {
    const moved = new Map<string, WalletState>();
    const entries: PostedEntry[] = [];
    for (const { walletId, amount, heldChange = 0, holdId = null } of legs) {
      const before = moved.get(walletId) ?? this.wallet(walletId);
      // The caller loads every account that a command of the batch may need; without it nothing can be decided.
      if (!before) throw new Error(`account ${walletId} is not loaded`);
      const after = {
        ...before,
        posted: before.posted + amount,
        held: before.held + heldChange,
        sequence: before.sequence + 1,
      };
      const broken = brokenBound(before, after);
      if (broken) return broken;
      moved.set(walletId, after);
      entries.push({
        entryId: this.opening.nextEntryId(),
        transactionId,
        walletId,
        sequence: after.sequence,
        amount,
        heldChange,
        posted: after.posted,
        held: after.held,
        available: availableOf(after),
        holdId,
      });
    }
    for (const [id, wallet] of moved) this.wallets.set(id, wallet);
    return entries;
  }
}

/**
 * Sums beyond 2^53 − 1 may have been rounded, but never back below it: rounding is monotonic and 2^53 is exact. So
 * checking the result is enough.
 */
function brokenBound(before: WalletState, after: WalletState): DeclineReason | undefined {
  const available = availableOf(after);
  const falls = available < availableOf(before);
  if (after.status === 'closed' || (after.status === 'frozen' && falls)) return 'wallet-not-active';
  if (falls && after.kind === 'customer' && available < 0) return 'insufficient-funds';
  const isSafe =
    Number.isSafeInteger(after.posted) && Number.isSafeInteger(after.held) && Number.isSafeInteger(available);
  if (!isSafe) return 'balance-limit-exceeded';
  const rises = after.posted > before.posted;
  if (rises && after.maxBalance !== null && after.posted > after.maxBalance) return 'balance-limit-exceeded';
  return undefined;
}
