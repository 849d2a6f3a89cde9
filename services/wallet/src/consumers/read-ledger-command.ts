import {
  type BulkItem,
  CaptureHold,
  IncrementHold,
  type Message,
  type MessageDefinition,
  PlaceHold,
  PostAdjustment,
  PostBulk,
  PostDeposit,
  PostTransfer,
  ReverseTransfer,
  VoidHold,
} from '@florin/contracts';
import type { Received } from '@florin/messaging';
import type { BulkMode, LedgerCommand, TransferCommand } from '../domain/ledger-command.js';

type Read = (value: Message) => LedgerCommand;
const readers = new Map<string, Read>();

function reads<T extends Message>(definition: MessageDefinition<T>, read: (value: T) => LedgerCommand) {
  readers.set(definition.name, read as Read);
  return definition as MessageDefinition;
}

/** The messages that the ledger decides about, in the order they arrive. */
export const ledgerMessages: readonly MessageDefinition[] = [
  reads(PostTransfer, ({ meta, ...item }) => transferCommand(item, meta.deadlineAt)),
  reads(PostDeposit, ({ meta, feeAmount, ...deposit }) => ({
    kind: 'deposit',
    fee: feeAmount,
    deadlineAt: meta.deadlineAt,
    ...deposit,
  })),
  reads(PlaceHold, ({ meta, holdId, ...hold }) => ({
    kind: 'hold',
    transactionId: holdId,
    deadlineAt: meta.deadlineAt,
    ...hold,
  })),
  reads(IncrementHold, ({ meta, ...rest }) => ({ kind: 'increment', deadlineAt: meta.deadlineAt, ...rest })),
  reads(CaptureHold, ({ meta, feeAmount, ...rest }) => ({
    kind: 'capture',
    fee: feeAmount,
    deadlineAt: meta.deadlineAt,
    ...rest,
  })),
  reads(PostAdjustment, ({ meta, sourceWalletId, sourceAccount, ...rest }) => {
    const { destinationWalletId, destinationAccount, ...terms } = rest;
    return {
      kind: 'adjustment',
      deadlineAt: meta.deadlineAt,
      source: { walletId: sourceWalletId, account: sourceAccount },
      destination: { walletId: destinationWalletId, account: destinationAccount },
      ...terms,
    };
  }),
  reads(VoidHold, ({ meta, ...rest }) => ({ kind: 'void', deadlineAt: meta.deadlineAt, ...rest })),
  reads(ReverseTransfer, ({ meta, originalTransactionId, ...rest }) => ({
    kind: 'reversal',
    originalId: originalTransactionId,
    deadlineAt: meta.deadlineAt,
    ...rest,
  })),
  reads(PostBulk, ({ meta, bulkId, mode, items }) => ({
    kind: 'bulk',
    transactionId: bulkId,
    deadlineAt: meta.deadlineAt,
    // Another mode than the two is refused by the decision, like everything else that is wrong with a bulk.
    mode: mode as BulkMode,
    items: items.map((item) => transferCommand(item, meta.deadlineAt)),
  })),
];

/** What a message asks of the ledger. */
export function readLedgerCommand({ definition, value }: Received): LedgerCommand {
  const read = readers.get(definition.name);
  if (!read) throw new Error(`${definition.name} is no command of the ledger`);
  return read(value);
}

/** How many postings a message asks for. */
export function postingsOf({ definition, value }: Received): number {
  return definition.name === PostBulk.name ? Math.max(1, (value as PostBulk).items.length) : 1;
}

function transferCommand({ feeAmount, ...item }: BulkItem, deadlineAt: number | null): TransferCommand {
  return { kind: 'transfer', fee: feeAmount, deadlineAt, ...item };
}
