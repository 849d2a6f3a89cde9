import { adjustedAccountId } from './adjustment.js';
import { type LedgerCommand, type SingleCommand, singlesOf, type TransferCommand } from './ledger-command.js';
import { systemAccountId } from './system-account.js';

/** What a command refers to and does not name itself: the wallet and currency of a hold, the wallets of an original. */
export interface References {
  readonly holds: ReadonlyMap<string, { readonly walletId: string; readonly currency: string }>;
  readonly originals: ReadonlyMap<string, OriginalTransfer>;
}

export interface OriginalTransfer {
  readonly sourceWalletId: string | null;
  readonly destinationWalletId: string | null;
  readonly currency: string | null;
  readonly destinationCurrency: string | null;
}

/** Every wallet and account that a batch may touch: all of them are locked before the first decision. */
export function accountsNeeded(
  commands: readonly LedgerCommand[],
  references: References,
  shard: number,
): Set<string> {
  const ids = new Set<string>();
  const holds = new Map(references.holds);
  const originals = new Map(references.originals);
  const singles = singlesOf(commands);
  const hasReversals = singles.some((command) => command.kind === 'reversal');
  for (const command of singles) {
    const own = accountsOf(command, { holds, originals }, shard);
    for (const id of own) if (id !== null) ids.add(id);
    // What a command of the batch refers to may be made by one before it.
    if (command.kind === 'hold') holds.set(command.transactionId, command);
    if (!hasReversals) continue;
    if (command.kind === 'transfer') originals.set(command.transactionId, originalOf(command));
    if (command.kind === 'deposit' || command.kind === 'capture') {
      const [destinationWalletId = null, sourceWalletId = null] = own;
      const wallets = { sourceWalletId, destinationWalletId };
      originals.set(command.transactionId, { ...wallets, currency: null, destinationCurrency: null });
    }
  }
  return ids;
}

function accountsOf(
  command: SingleCommand,
  { holds, originals }: References,
  shard: number,
): (string | null)[] {
  switch (command.kind) {
    case 'transfer': {
      const { sourceWalletId, destinationWalletId, currency, exchange } = command;
      const ids = [sourceWalletId, destinationWalletId];
      // Most transfers are free and in one currency: they must not meet on a row that they do not need.
      ids.push(...feeAccounts(command.fee, currency, shard));
      return exchange ? [...ids, ...exchangeAccounts(currency, exchange.currency, shard)] : ids;
    }
    case 'deposit':
      return [
        command.walletId,
        systemAccountId('cash-in', command.currency, shard),
        ...feeAccounts(command.fee, command.currency, shard),
      ];
    case 'adjustment':
      return [command.source, command.destination].map((side) =>
        adjustedAccountId(side, command.currency, shard),
      );
    case 'hold':
      return [command.walletId];
    case 'reversal': {
      const original = originals.get(command.originalId);
      if (!original) return [];
      const { sourceWalletId, destinationWalletId, currency, destinationCurrency } = original;
      const ids = [sourceWalletId, destinationWalletId];
      if (currency === null || destinationCurrency === null) return ids;
      return [...ids, ...exchangeAccounts(currency, destinationCurrency, shard)];
    }
    default: {
      const hold = holds.get(command.holdId);
      if (!hold) return [];
      if (command.kind !== 'capture') return [hold.walletId];
      return [
        hold.walletId,
        command.destinationWalletId ?? systemAccountId('cash-out', hold.currency, shard),
        ...feeAccounts(command.fee, hold.currency, shard),
      ];
    }
  }
}

/** Nobody needs the row for what is free. */
function feeAccounts(fee: number | undefined, currency: string, shard: number): string[] {
  return fee ? [systemAccountId('fees', currency, shard)] : [];
}

function exchangeAccounts(from: string, to: string, shard: number): string[] {
  return [systemAccountId('fx', from, shard), systemAccountId('fx', to, shard)];
}

function originalOf(command: TransferCommand): OriginalTransfer {
  return { ...command, destinationCurrency: command.exchange?.currency ?? null };
}
