import {
  BulkPosted,
  type Exchange,
  HoldCaptured,
  HoldDeclined,
  HoldExpired,
  HoldIncremented,
  HoldOperationDeclined,
  HoldPlaced,
  HoldVoided,
  ReversalDeclined,
  TransferDeclined,
  TransferPosted,
  TransferReversed,
} from '@florin/contracts';
import type { Received, SendOptions, UnitOfWork } from '@florin/messaging';
import type { PostedBatch } from '../db/post-batch.js';
import type { BulkOutcome, Decision, TransferRecord } from '../domain/decision.js';

/**
 * Tells the world what the ledger decided. Events of transfers are keyed by transaction, so that those of a hot wallet
 * spread over partitions; events of a hold by the hold, and those of a bulk's own by the bulk.
 */
export function sendOutcomes(
  unit: UnitOfWork,
  { outcomes, postedAt }: Pick<PostedBatch, 'outcomes' | 'postedAt'>,
  causeOf: (transactionId: string) => Received | undefined,
): void {
  for (const outcome of outcomes) {
    const options = { cause: causeOf(outcome.transfer.transactionId) };
    if (outcome.bulk) sendBulk(unit, outcome.transfer, outcome.bulk, options);
    else if (outcome.transfer.declineReason === null) sendPosted(unit, outcome, postedAt, options);
    else sendDeclined(unit, outcome.transfer, outcome.transfer.declineReason, options);
  }
}

function sendPosted(unit: UnitOfWork, outcome: Decision, postedAt: number, options: SendOptions): void {
  const { transfer, entries } = outcome;
  const { transactionId, kind, amount } = transfer;
  const referenceId = transfer.referenceId ?? transactionId;
  const facts = { currency: transfer.currency!, postedAt, entries };
  const { remaining = 0, expiresAt = 0, walletId = '' } = outcome.hold ?? {};
  const { released = 0 } = outcome;
  const onHold = { transactionId, holdId: referenceId, ...facts };
  switch (kind) {
    case 'transfer':
    case 'deposit':
    case 'adjustment': {
      const body = { transactionId, exchange: exchangeOf(transfer), ...facts };
      unit.send(TransferPosted, transactionId, body, options);
      return;
    }
    case 'reversal': {
      const ids = { transactionId, originalTransactionId: referenceId };
      const body = {
        ...ids,
        amount,
        remaining: outcome.reversible ?? 0,
        ...facts,
        exchange: exchangeOf(transfer),
      };
      unit.send(TransferReversed, referenceId, body, options);
      return;
    }
    case 'hold':
      unit.send(
        HoldPlaced,
        transactionId,
        { holdId: transactionId, walletId, amount, expiresAt, ...facts },
        options,
      );
      return;
    case 'increment':
      unit.send(HoldIncremented, referenceId, { amount, remaining, expiresAt, ...onHold }, options);
      return;
    case 'capture':
      unit.send(HoldCaptured, referenceId, { amount, released, remaining, ...onHold }, options);
      return;
    case 'void':
      unit.send(HoldVoided, referenceId, { released, ...onHold }, options);
      return;
    case 'expiry':
      unit.send(HoldExpired, referenceId, { holdId: referenceId, released, ...facts }, options);
  }
}

function sendDeclined(
  unit: UnitOfWork,
  transfer: TransferRecord,
  reason: string,
  options: SendOptions,
): void {
  const { transactionId, kind } = transfer;
  const referenceId = transfer.referenceId ?? transactionId;
  if (kind === 'reversal') {
    const body = { transactionId, originalTransactionId: referenceId, reason };
    unit.send(ReversalDeclined, referenceId, body, options);
  } else if (kind === 'hold') {
    const body = { holdId: transactionId, walletId: transfer.sourceWalletId!, reason };
    unit.send(HoldDeclined, transactionId, body, options);
  } else if (kind === 'increment' || kind === 'capture' || kind === 'void') {
    const body = { transactionId, holdId: referenceId, operation: kind, reason };
    unit.send(HoldOperationDeclined, referenceId, body, options);
  } else {
    unit.send(TransferDeclined, transactionId, { transactionId, reason }, options);
  }
}

function sendBulk(unit: UnitOfWork, transfer: TransferRecord, bulk: BulkOutcome, options: SendOptions): void {
  const { transactionId: bulkId, declineReason: reason } = transfer;
  unit.send(BulkPosted, bulkId, { bulkId, ...bulk, reason }, options);
}

function exchangeOf({ destinationCurrency, destinationAmount, rate }: TransferRecord): Exchange | null {
  if (destinationCurrency === null || destinationAmount === null || rate === null) return null;
  return { currency: destinationCurrency, amount: destinationAmount, rate };
}
