import { type Entry, isSystemAccount, type Meta } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import type { StatementEntry } from '../db/insert-entries.js';
import { projectEntries } from '../db/project-entries.js';
import { balanceEvents } from '../events/balance-events.js';
import type { EventRecorder } from '../events/event-recorder.js';

/** What all events have that tell of entries without a transaction of the transaction service: holds and reversals. */
export interface LedgerEvent {
  readonly meta: Meta;
  readonly transactionId?: string;
  readonly holdId?: string;
  readonly postedAt: number;
  readonly entries: readonly Entry[];
}

/** Balances and statements need every entry of a wallet: those that set money aside change what is available. */
export function onLedgerEntries<T extends LedgerEvent>(clientEvents: EventRecorder): ApplyBatch<T> {
  return async (unit, messages) => {
    const entries = messages.flatMap(({ value }) => customerEntries(value));
    const balances = await projectEntries(unit, entries);
    await clientEvents.record(unit, balanceEvents(balances, entries));
  };
}

function customerEntries(event: LedgerEvent): StatementEntry[] {
  // The placing of a hold and its expiry are known to the ledger by the hold.
  const transactionId = event.transactionId ?? event.holdId!;
  // Accounts of the platform have no statement here.
  return event.entries
    .filter(({ walletId }) => !isSystemAccount(walletId))
    .map((entry) => ({ transactionId, postedAt: event.postedAt, ...entry }));
}
