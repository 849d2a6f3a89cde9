import type { Books } from './books.js';
import type { Decision, DeclineReason, TransferRecord } from './decision.js';
import type { AdjustedSide, AdjustmentCommand } from './ledger-command.js';
import { type SystemAccountKind, systemAccountId } from './system-account.js';
import { declined, isAmount, posted, refusePayee } from './transfer.js';

/** What a reconciliation with the payment provider may correct. Fees and exchanges are none of its business. */
const adjustableKinds: readonly SystemAccountKind[] = ['cash-in', 'cash-out', 'suspense'];

function isAdjustable(account: string | null): account is SystemAccountKind {
  return adjustableKinds.some((kind) => kind === account);
}

/** The account that a side means; null when it names none that may be adjusted, or two. */
export function adjustedAccountId(side: AdjustedSide, currency: string, shard: number): string | null {
  if (side.walletId !== null) return side.account === null ? side.walletId : null;
  return isAdjustable(side.account) ? systemAccountId(side.account, currency, shard) : null;
}

/** Moves money between what came in, what went out, suspense and wallets, as operators have agreed on. */
export function decideAdjustment(books: Books, command: AdjustmentCommand): Decision {
  const { transactionId, amount, currency, description } = command;
  const [source, destination] = [command.source, command.destination].map((side) =>
    adjustedAccountId(side, currency, books.shard),
  ) as [string | null, string | null];
  const transfer: TransferRecord = {
    transactionId,
    kind: 'adjustment',
    sourceWalletId: source,
    destinationWalletId: destination,
    amount,
    fee: 0,
    currency,
    destinationAmount: null,
    destinationCurrency: null,
    rate: null,
    referenceId: null,
    declineReason: null,
    description,
  };
  if (!isAmount(amount)) return declined(transfer, 'amount-invalid');
  if (source === null || destination === null) return declined(transfer, 'wallet-not-found');
  if (source === destination) return declined(transfer, 'same-wallet');
  const refusal =
    refuseSide(books, command.source, currency) ?? refuseSide(books, command.destination, currency);
  if (refusal) return declined(transfer, refusal);
  return posted(books, transfer, [
    { walletId: source, amount: -amount },
    { walletId: destination, amount },
  ]);
}

function refuseSide(books: Books, side: AdjustedSide, currency: string): DeclineReason | undefined {
  return side.walletId === null ? undefined : refusePayee(books.wallet(side.walletId), currency);
}
