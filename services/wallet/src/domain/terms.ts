import { isSystemAccount } from '@florin/contracts';
import type { TransferRecord } from './decision.js';
import type { BulkCommand, LedgerCommand } from './ledger-command.js';
import { recordedRate } from './recorded-rate.js';

/** A business key came back with other terms: one of the two commands is a mistake, and neither may be guessed away. */
export class TermsConflictError extends Error {
  readonly code = 'transaction-id-conflict';
  constructor(readonly transactionId: string) {
    super(`transaction ${transactionId} was decided before on other terms`);
    this.name = 'TermsConflictError';
  }
}

/** Whether a command asks for what was decided before under its business key. */
export function sameTerms(command: LedgerCommand, record: TransferRecord): boolean {
  return command.kind === record.kind && termsOf(command, record);
}

function termsOf(command: LedgerCommand, record: TransferRecord): boolean {
  switch (command.kind) {
    case 'transfer':
      return (
        command.sourceWalletId === record.sourceWalletId &&
        command.destinationWalletId === record.destinationWalletId &&
        command.amount === record.amount &&
        command.fee === record.fee &&
        command.currency === record.currency &&
        (command.exchange?.currency ?? null) === record.destinationCurrency &&
        (command.exchange ? recordedRate(command.exchange.rate) : null) === record.rate
      );
    // The account that a deposit comes from is one of many, and says nothing about the terms.
    case 'deposit':
      return (
        command.walletId === record.destinationWalletId &&
        command.amount === record.amount &&
        (command.fee ?? 0) === record.fee &&
        command.currency === record.currency
      );
    case 'hold':
      return (
        command.walletId === record.sourceWalletId &&
        command.amount === record.amount &&
        command.currency === record.currency
      );
    case 'increment':
      return command.holdId === record.referenceId && command.amount === record.amount;
    case 'capture':
      return (
        command.holdId === record.referenceId &&
        command.amount === record.amount &&
        (command.fee ?? 0) === record.fee &&
        isSide(record.destinationWalletId, command.destinationWalletId)
      );
    case 'adjustment':
      return (
        command.amount === record.amount &&
        command.currency === record.currency &&
        isSide(record.sourceWalletId, command.source.walletId) &&
        isSide(record.destinationWalletId, command.destination.walletId)
      );
    case 'void':
    case 'expiry':
      return command.holdId === record.referenceId;
    // All that is left is another amount each time, and the same terms.
    case 'reversal':
      return command.originalId === record.referenceId && (command.amount ?? record.amount) === record.amount;
    // Its items are held against their own records as well, see `isDecided`.
    case 'bulk':
      return record.description === bulkTerms(command);
  }
}

/** What a bulk is held against when its key comes again, besides its items: another mode or number is another bulk. */
export function bulkTerms({ mode, items }: Pick<BulkCommand, 'mode' | 'items'>): string {
  return `${mode.slice(0, 20)}, ${items.length} transfers`;
}

/** A side that names no wallet is one of many accounts of the platform, or none when the command was declined. */
function isSide(recorded: string | null, wanted: string | null): boolean {
  if (wanted !== null) return recorded === wanted;
  return recorded === null || isSystemAccount(recorded);
}
