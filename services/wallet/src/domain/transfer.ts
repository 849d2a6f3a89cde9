import { convertDown, isRate } from '@florin/contracts';
import type { Books, Leg } from './books.js';
import type { Decision, DeclineReason, TransferRecord } from './decision.js';
import type { DepositCommand, TransferCommand } from './ledger-command.js';
import { recordedRate } from './recorded-rate.js';
import type { WalletState } from './wallet-state.js';

/** Moves money between two customers, into another currency when the command has a rate. */
export function decideTransfer(
  books: Books,
  command: TransferCommand,
  bulkId: string | null = null,
): Decision {
  const { amount, fee, currency, exchange } = command;
  const received = exchange && isRate(exchange.rate) && isAmount(amount) ? converted(command) : undefined;
  const transfer: TransferRecord = {
    transactionId: command.transactionId,
    kind: 'transfer',
    sourceWalletId: command.sourceWalletId,
    destinationWalletId: command.destinationWalletId,
    amount,
    fee,
    currency,
    destinationAmount: received ?? null,
    destinationCurrency: exchange?.currency ?? null,
    rate: exchange ? recordedRate(exchange.rate) : null,
    referenceId: bulkId,
    declineReason: null,
    description: command.description,
  };
  const refusal = refuseTransfer(books, command) ?? (received === 0 ? 'amount-invalid' : undefined);
  if (refusal) return declined(transfer, refusal);
  if (exchange && received === undefined) return declined(transfer, 'balance-limit-exceeded');
  return posted(books, transfer, transferLegs(books, command, received));
}

/** Credits money from outside; a customer cannot name the account that it comes from. */
export function decideDeposit(books: Books, command: DepositCommand): Decision {
  const { transactionId, walletId, amount, fee = 0, currency, description } = command;
  const source = books.systemAccount('cash-in', currency);
  const transfer: TransferRecord = {
    transactionId,
    kind: 'deposit',
    sourceWalletId: source,
    destinationWalletId: walletId,
    amount,
    fee,
    currency,
    destinationAmount: null,
    destinationCurrency: null,
    rate: null,
    referenceId: null,
    declineReason: null,
    description,
  };
  const valid = isAmount(amount) && isFee(fee) && fee < amount;
  const refusal = valid ? refusePayee(books.wallet(walletId), currency) : 'amount-invalid';
  if (refusal) return declined(transfer, refusal);
  // One line for what arrives, unlike the fee of a transfer: a debit would be refused where a wallet is frozen, and the
  // bound on its balance would be held against money that does not stay.
  return posted(books, transfer, [
    { walletId: source, amount: -amount },
    { walletId, amount: amount - fee },
    ...(fee > 0 ? [{ walletId: books.systemAccount('fees', currency), amount: fee }] : []),
  ]);
}

export function declined(transfer: TransferRecord, reason: DeclineReason): Decision {
  return { transfer: { ...transfer, destinationAmount: null, declineReason: reason }, entries: [] };
}

/** Posts the legs, unless one of them breaks a bound: then nothing moves and the decision says why. */
export function posted(books: Books, transfer: TransferRecord, legs: readonly Leg[]): Decision {
  const entries = books.post(transfer.transactionId, legs);
  return typeof entries === 'string' ? declined(transfer, entries) : { transfer, entries };
}

export function isAmount(amount: number): boolean {
  return Number.isSafeInteger(amount) && amount > 0;
}

export function isFee(fee: number): boolean {
  return Number.isSafeInteger(fee) && fee >= 0;
}

/** Why a customer's wallet cannot be paid from: it is not there, in another currency, frozen or closed. */
export function refusePayer(wallet: WalletState | undefined, currency: string): DeclineReason | undefined {
  return refusePayee(wallet, currency) ?? (wallet?.status === 'active' ? undefined : 'wallet-not-active');
}

/** A frozen wallet takes money: refusing it would send salaries back to whoever froze nothing. */
export function refusePayee(wallet: WalletState | undefined, currency: string): DeclineReason | undefined {
  if (wallet?.kind !== 'customer') return 'wallet-not-found';
  if (wallet.currency !== currency) return 'currency-mismatch';
  return wallet.status === 'closed' ? 'wallet-not-active' : undefined;
}

function refuseTransfer(books: Books, command: TransferCommand): DeclineReason | undefined {
  const { sourceWalletId, destinationWalletId, currency, exchange } = command;
  if (!isAmount(command.amount)) return 'amount-invalid';
  if (!isFee(command.fee)) return 'amount-invalid';
  if (sourceWalletId === destinationWalletId) return 'same-wallet';
  // A rate for one currency is a mistake of the caller, and posting it as if it were 1 would hide that.
  if (exchange && (!isRate(exchange.rate) || exchange.currency === currency)) return 'rate-invalid';
  return (
    refusePayee(books.wallet(destinationWalletId), exchange?.currency ?? currency) ??
    refusePayer(books.wallet(sourceWalletId), currency)
  );
}

function converted({ amount, currency, exchange }: TransferCommand): number | undefined {
  return convertDown(amount, exchange!.rate, currency, exchange!.currency);
}

/**
 * An exchange is two linked legs: the source pays the exchange account of its currency, that of the other currency pays
 * the destination. The fee is a pair of its own, so that a statement shows it as a line of its own.
 */
function transferLegs(books: Books, command: TransferCommand, received: number | undefined): Leg[] {
  const { sourceWalletId, destinationWalletId, amount, fee, currency, exchange } = command;
  const legs: Leg[] = [{ walletId: sourceWalletId, amount: -amount }];
  if (exchange && received !== undefined) {
    legs.push({ walletId: books.systemAccount('fx', currency), amount });
    legs.push({ walletId: books.systemAccount('fx', exchange.currency), amount: -received });
  }
  legs.push({ walletId: destinationWalletId, amount: received ?? amount });
  if (fee > 0) {
    legs.push({ walletId: sourceWalletId, amount: -fee });
    legs.push({ walletId: books.systemAccount('fees', currency), amount: fee });
  }
  return legs;
}
