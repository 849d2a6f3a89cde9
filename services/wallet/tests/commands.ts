import { v7 as uuidv7 } from 'uuid';
import type {
  BulkCommand,
  CaptureHoldCommand,
  DepositCommand,
  IncrementHoldCommand,
  PlaceHoldCommand,
  ReversalCommand,
  TransferCommand,
  VoidHoldCommand,
} from '../src/domain/ledger-command.js';

/** What the ledger can be asked, in dollars, for tests on a real database. */
export const anHourMs = 3_600_000;
const common = () => ({ transactionId: uuidv7(), deadlineAt: null });

export function transfer(
  sourceWalletId: string,
  destinationWalletId: string,
  amount: number,
  more: Partial<TransferCommand> = {},
): TransferCommand {
  const terms = { sourceWalletId, destinationWalletId, amount, fee: 0, currency: 'USD', exchange: null };
  return { kind: 'transfer', ...common(), ...terms, description: null, ...more };
}

export function deposit(
  walletId: string,
  amount: number,
  more: Partial<DepositCommand> = {},
): DepositCommand {
  return { kind: 'deposit', ...common(), walletId, amount, currency: 'USD', description: null, ...more };
}

export function hold(
  walletId: string,
  amount: number,
  more: Partial<PlaceHoldCommand> = {},
): PlaceHoldCommand {
  const terms = { walletId, amount, currency: 'USD', expiresAt: Date.now() + anHourMs, description: null };
  return { kind: 'hold', ...common(), ...terms, ...more };
}

export function increment(holdId: string, amount: number): IncrementHoldCommand {
  return { kind: 'increment', ...common(), holdId, amount, expiresAt: null };
}

/** Into another wallet, or out of the platform. */
export function capture(
  holdId: string,
  amount: number,
  destinationWalletId: string | null = null,
  final = false,
): CaptureHoldCommand {
  return { kind: 'capture', ...common(), holdId, amount, destinationWalletId, final, description: null };
}

export function voidHold(holdId: string): VoidHoldCommand {
  return { kind: 'void', ...common(), holdId };
}

export function reversal(originalId: string, amount: number | null = null): ReversalCommand {
  return { kind: 'reversal', ...common(), originalId, amount, description: null };
}

export function bulk(mode: BulkCommand['mode'], items: readonly TransferCommand[]): BulkCommand {
  return { kind: 'bulk', ...common(), mode, items };
}
