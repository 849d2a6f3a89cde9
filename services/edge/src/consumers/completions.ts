import {
  type Entry,
  isSystemAccount,
  paidByCustomers,
  TransactionCompleted,
  TransferPosted,
} from '@florin/contracts';
import { type Handler, handleTogether, type Received } from '@florin/messaging';
import { type CompletedTransfer, completeTransfers } from '../db/complete-transfers.js';
import { finishTimelines } from '../db/finish-timelines.js';
import type { StatementEntry } from '../db/insert-entries.js';
import { projectEntries } from '../db/project-entries.js';
import { type ProjectedOutcome, projectOutcomes } from '../db/project-outcomes.js';
import { balanceEvents } from '../events/balance-events.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { transactionEvents } from '../events/transaction-events.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import type { CachedObject, ReadCache } from '../read-cache/read-cache.js';
import { hopOf } from '../read-models/hop.js';
import { endedTransaction, type TransactionRow } from '../read-models/transaction.js';
import { newestBy } from './newest-by.js';

interface Parts {
  readonly announcer: ProjectionAnnouncer;
  readonly events: EventRecorder;
  readonly cache: Pick<ReadCache, 'invalidate'>;
}

interface Completed extends ProjectedOutcome {
  readonly event: TransactionCompleted;
}

/**
 * A transfer that the ledger has posted is completed, and its call is answered, without waiting for the transaction service to say so
 * as well: decision record 0068. Its `TransactionCompleted` then only finishes the timeline. It completes what else there is, such as
 * deposits, reversals and transactions that began in other services, and transfers that it overtook.
 *
 * Wallets are locked before transactions that are pending: two batches that have the two messages of one transfer wait for each other
 * there.
 */
export function onCompletions(parts: Parts): Handler[] {
  return handleTogether<TransferPosted | TransactionCompleted>(
    [TransferPosted, TransactionCompleted],
    async (unit, messages) => {
      const posted = messages.filter(isPosted).flatMap(({ value }) => postedTransfer(value));
      const outcomes = outcomesOf(messages.filter(isCompleted));
      const finished = await finishTimelines(unit.tx, outcomes);
      const isOther = ({ event }: Completed) => !finished.has(event.transactionId);
      const others = outcomes.filter(isOther);
      // Of money from outside no other message tells: a rebuild may have completed it while this one was on its way.
      const telling = outcomes.filter((outcome) => isOther(outcome) || paidByCustomers(outcome.event) === 0);
      const entries = [
        ...posted.flatMap(({ entries }) => entries),
        ...telling.flatMap(({ event }) => entriesOf(event, event.completedAt)),
      ];
      const [balances, transfers, ended] = await Promise.all([
        projectEntries(unit, entries),
        completeTransfers(unit.tx, posted),
        others.length > 0 ? projectOutcomes(unit.tx, others) : [],
      ]);
      if (ended.length < others.length) await finishTimelines(unit.tx, withoutRows(others, ended));
      const rows = [...transfers, ...ended];
      const events = [
        ...transactionEvents('transaction.completed', rows),
        ...balanceEvents(balances, entries),
      ];
      const changed = changedBy([...posted, ...others.map(({ event }) => event)], entries);
      await Promise.all([parts.cache.invalidate(unit, changed), parts.events.record(unit, events)]);
      parts.announcer.announce(unit, rows.map(endedTransaction));
    },
  );
}

type Message = Received<TransferPosted | TransactionCompleted>;

function isPosted(message: Message): message is Received<TransferPosted> {
  return message.definition.name === TransferPosted.name;
}

function isCompleted(message: Message): message is Received<TransactionCompleted> {
  return message.definition.name === TransactionCompleted.name;
}

/** None for money from outside, which is not a transfer of a customer. */
function postedTransfer(
  event: TransferPosted,
): (CompletedTransfer & { readonly entries: StatementEntry[] })[] {
  const paid = paidByCustomers(event);
  if (paid === 0) return [];
  const { transactionId, postedAt, exchange } = event;
  const entries = entriesOf(event, postedAt);
  return [{ transactionId, postedAt, exchange, paid, entries }];
}

function outcomesOf(messages: readonly Received<TransactionCompleted>[]): readonly Completed[] {
  return newestBy(
    messages.map((message) => ({ event: message.value, hop: hopOf(message, 'transaction') })),
    ({ event }) => event.transactionId,
    ({ event }) => -event.completedAt,
  );
}

/**
 * The entries of customers. Accounts of the platform (cash in, fees) have no statement here. Whether a wallet itself is known yet does
 * not matter: its event travels under another key.
 */
function entriesOf(
  { transactionId, entries }: { readonly transactionId: string; readonly entries: readonly Entry[] },
  postedAt: number,
): StatementEntry[] {
  return entries
    .filter(({ walletId }) => !isSystemAccount(walletId))
    .map((entry) => ({ transactionId, postedAt, ...entry }));
}

/** What `TransferPosted` has completed in another transaction meanwhile, or what is told again. */
function withoutRows(outcomes: readonly Completed[], rows: readonly TransactionRow[]): Completed[] {
  const ids = new Set(rows.map(({ id }) => id));
  return outcomes.filter(({ event }) => !ids.has(event.transactionId));
}

function changedBy(
  transactions: readonly { readonly transactionId: string }[],
  entries: readonly StatementEntry[],
): CachedObject[] {
  return [
    ...transactions.map(({ transactionId }) => ({ kind: 'transaction', id: transactionId }) as const),
    ...entries.map(({ walletId }) => ({ kind: 'wallet', id: walletId }) as const),
  ];
}
