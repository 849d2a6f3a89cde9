import { convertUp } from '@florin/contracts';
import type { Books, Leg } from './books.js';
import type { DecidedTransfer, Decision, DeclineReason, TransferRecord } from './decision.js';
import type { ReversalCommand } from './ledger-command.js';
import { declined, isAmount, posted } from './transfer.js';

const reversibleKinds = new Set(['transfer', 'deposit', 'capture']);

/**
 * Moves money of an original back, never more in sum than it moved. Fees stay charged. A reversal of an exchange uses the
 * rate of the original, rounded against who gives back, and all of them together take exactly what the destination had received.
 */
export function decideReversal(books: Books, command: ReversalCommand): Decision {
  const original = books.transfer(command.originalId);
  const left = original ? original.amount - original.reversed : 0;
  const amount = command.amount ?? left;
  const transfer: TransferRecord = {
    transactionId: command.transactionId,
    kind: 'reversal',
    sourceWalletId: original?.destinationWalletId ?? null,
    destinationWalletId: original?.sourceWalletId ?? null,
    amount,
    fee: 0,
    currency: original?.currency ?? null,
    destinationAmount: null,
    destinationCurrency: null,
    rate: null,
    referenceId: command.originalId,
    declineReason: null,
    description: command.description,
  };
  const refusal = refuseReversal(books, original, amount, left);
  if (refusal || !original) return declined(transfer, refusal ?? 'transaction-not-found');
  const taken = takenFromDestination(original, amount);
  const exchanged =
    original.rate === null
      ? transfer
      : {
          ...transfer,
          destinationAmount: taken,
          destinationCurrency: original.destinationCurrency,
          rate: original.rate,
        };
  const decision = posted(books, exchanged, reversalLegs(books, original, amount, taken));
  if (decision.entries.length === 0) return decision;
  books.putTransfer({
    ...original,
    reversed: original.reversed + amount,
    destinationReversed: original.destinationReversed + taken,
  });
  return { ...decision, reversible: left - amount };
}

function refuseReversal(
  books: Books,
  original: DecidedTransfer | undefined,
  amount: number,
  left: number,
): DeclineReason | undefined {
  // A wallet of the original that is not loaded belongs to one that was posted after this batch had looked for it.
  const wallets = [original?.sourceWalletId, original?.destinationWalletId];
  if (!original || !wallets.every((id) => id && books.wallet(id))) return 'transaction-not-found';
  if (original.declineReason !== null || !reversibleKinds.has(original.kind)) return 'not-reversible';
  if (left === 0) return 'already-reversed';
  if (!isAmount(amount)) return 'amount-invalid';
  return amount > left ? 'reversal-exceeds-original' : undefined;
}

/**
 * The share of what the destination received, from the sum of all reversals so far: rounding does not add up. What the ones
 * before took by rounding up may cover a small one wholly: then nothing is taken.
 */
function takenFromDestination(original: DecidedTransfer, amount: number): number {
  const { rate, currency, destinationCurrency, destinationAmount } = original;
  if (rate === null) return amount;
  const reversed = original.reversed + amount;
  // All of it is less than the sum rounded up, because it was rounded down; past 2^53 − 1 there is no sum.
  const share = convertUp(reversed, rate, currency!, destinationCurrency!) ?? destinationAmount!;
  const total = reversed === original.amount ? destinationAmount! : Math.min(share, destinationAmount!);
  return total - original.destinationReversed;
}

function reversalLegs(books: Books, original: DecidedTransfer, amount: number, taken: number): Leg[] {
  const legs: Leg[] = [];
  if (taken > 0) legs.push({ walletId: original.destinationWalletId!, amount: -taken });
  if (original.rate !== null) {
    if (taken > 0) {
      legs.push({ walletId: books.systemAccount('fx', original.destinationCurrency!), amount: taken });
    }
    legs.push({ walletId: books.systemAccount('fx', original.currency!), amount: -amount });
  }
  legs.push({ walletId: original.sourceWalletId!, amount });
  return legs;
}
