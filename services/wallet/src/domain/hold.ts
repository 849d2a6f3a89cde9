import type { Books, Leg } from './books.js';
import type { Decision, DeclineReason, HoldState, TransferRecord } from './decision.js';
import type {
  CaptureHoldCommand,
  ExpireHoldCommand,
  IncrementHoldCommand,
  PlaceHoldCommand,
  VoidHoldCommand,
} from './ledger-command.js';
import { declined, isAmount, isFee, posted, refusePayee, refusePayer } from './transfer.js';

export function placeHold(books: Books, command: PlaceHoldCommand, now: number): Decision {
  const { transactionId: id, walletId, amount, currency, expiresAt, description } = command;
  const transfer: TransferRecord = {
    ...record(command),
    sourceWalletId: walletId,
    amount,
    currency,
    description,
  };
  const refusal = isAmount(amount) ? refusePayer(books.wallet(walletId), currency) : 'amount-invalid';
  if (refusal) return declined(transfer, refusal);
  if (expiresAt <= now) return declined(transfer, 'hold-expired');
  const hold: HoldState = {
    id,
    walletId,
    currency,
    amount,
    captured: 0,
    remaining: amount,
    status: 'open',
    description,
    placedAt: now,
    expiresAt,
    resolvedAt: null,
  };
  return resolved(books, transfer, hold, { heldChange: amount });
}

export function incrementHold(books: Books, command: IncrementHoldCommand, now: number): Decision {
  const { holdId, amount, expiresAt } = command;
  const hold = books.hold(holdId);
  const transfer = { ...record(command, hold), amount };
  if (!isAmount(amount)) return declined(transfer, 'amount-invalid');
  const refusal = refuseHold(hold, now);
  if (refusal || !hold) return declined(transfer, refusal ?? 'hold-not-found');
  if (books.wallet(hold.walletId)?.status !== 'active') return declined(transfer, 'wallet-not-active');
  const after = {
    ...hold,
    amount: hold.amount + amount,
    remaining: hold.remaining + amount,
    expiresAt: Math.max(hold.expiresAt, expiresAt ?? 0),
  };
  // Captures may have made room on the wallet for more than one hold can ever have authorised.
  if (!Number.isSafeInteger(after.amount)) return declined(transfer, 'balance-limit-exceeded');
  return resolved(books, transfer, after, { heldChange: amount });
}

/** Pays from a hold, also of a wallet that was frozen since: the money was promised before. */
export function captureHold(books: Books, command: CaptureHoldCommand, now: number): Decision {
  const { holdId, amount, fee = 0, final, description } = command;
  const hold = books.hold(holdId);
  const transfer = {
    ...record(command, hold),
    destinationWalletId: command.destinationWalletId,
    amount,
    fee,
    description,
  };
  const total = amount + fee;
  if (!isAmount(amount) || !isFee(fee)) return declined(transfer, 'amount-invalid');
  const refusal = refuseHold(hold, now);
  if (refusal || !hold) return declined(transfer, refusal ?? 'hold-not-found');
  if (total > hold.remaining) return declined(transfer, 'hold-exceeded');
  const destination = command.destinationWalletId ?? books.systemAccount('cash-out', hold.currency);
  if (destination === hold.walletId) return declined(transfer, 'same-wallet');
  if (command.destinationWalletId !== null) {
    const unfit = refusePayee(books.wallet(command.destinationWalletId), hold.currency);
    if (unfit) return declined(transfer, unfit);
  }
  const remaining = final ? 0 : hold.remaining - total;
  const released = hold.remaining - total - remaining;
  const after: HoldState = {
    ...hold,
    captured: hold.captured + total,
    remaining,
    status: remaining === 0 ? 'captured' : 'open',
    resolvedAt: remaining === 0 ? now : null,
  };
  const change = { amount: -amount, fee, heldChange: remaining - hold.remaining, to: destination };
  return {
    ...resolved(books, { ...transfer, destinationWalletId: destination }, after, change),
    released,
  };
}

export function voidHold(books: Books, command: VoidHoldCommand, now: number): Decision {
  const hold = books.hold(command.holdId);
  const transfer = { ...record(command, hold), amount: hold?.remaining ?? 0 };
  // A hold whose time is over but which the clock has not resolved yet may be voided: the outcome is the same.
  const refusal = refuseResolved(hold);
  if (refusal || !hold) return declined(transfer, refusal ?? 'hold-not-found');
  return release(books, transfer, hold, 'voided', now);
}

/** Undefined when there is nothing to expire, which is no decision at all. */
export function expireHold(books: Books, command: ExpireHoldCommand, now: number): Decision | undefined {
  const hold = books.hold(command.holdId);
  if (!hold || refuseResolved(hold) || hold.expiresAt > now) return undefined;
  return release(books, { ...record(command, hold), amount: hold.remaining }, hold, 'expired', now);
}

function release(
  books: Books,
  transfer: TransferRecord,
  hold: HoldState,
  status: HoldState['status'],
  now: number,
): Decision {
  const after = { ...hold, remaining: 0, status, resolvedAt: now };
  const change = { heldChange: -hold.remaining };
  return { ...resolved(books, transfer, after, change), released: hold.remaining };
}

interface HoldChange {
  readonly heldChange: number;
  readonly amount?: number;
  readonly fee?: number;
  /** Who receives what a capture takes. */
  readonly to?: string;
}

function resolved(books: Books, transfer: TransferRecord, after: HoldState, change: HoldChange): Decision {
  const { walletId, id: holdId } = after;
  const { heldChange, amount = 0, fee = 0, to } = change;
  const legs: Leg[] = [{ walletId, amount, heldChange: heldChange + fee, holdId }];
  if (to) legs.push({ walletId: to, amount: -amount });
  // The fee takes its own part of what was held with it: nothing falls on the way that a frozen wallet would refuse.
  if (fee > 0) {
    legs.push({ walletId, amount: -fee, heldChange: -fee, holdId });
    legs.push({ walletId: books.systemAccount('fees', after.currency), amount: fee });
  }
  const decision = posted(books, transfer, legs);
  if (decision.entries.length === 0) return decision;
  books.putHold(after);
  return { ...decision, hold: after };
}

function refuseHold(hold: HoldState | undefined, now: number): DeclineReason | undefined {
  return refuseResolved(hold) ?? (hold && hold.expiresAt <= now ? 'hold-expired' : undefined);
}

function refuseResolved(hold: HoldState | undefined): DeclineReason | undefined {
  if (!hold) return 'hold-not-found';
  return hold.status === 'open' ? undefined : `hold-${hold.status}`;
}

type HoldCommand =
  | PlaceHoldCommand
  | IncrementHoldCommand
  | CaptureHoldCommand
  | VoidHoldCommand
  | ExpireHoldCommand;

/** What the records of all hold commands have in common. */
function record(command: HoldCommand, hold?: HoldState): TransferRecord {
  return {
    transactionId: command.transactionId,
    kind: command.kind,
    sourceWalletId: hold?.walletId ?? null,
    destinationWalletId: null,
    amount: 0,
    fee: 0,
    currency: hold?.currency ?? null,
    destinationAmount: null,
    destinationCurrency: null,
    rate: null,
    referenceId: command.kind === 'hold' ? null : command.holdId,
    declineReason: null,
    description: null,
  };
}
