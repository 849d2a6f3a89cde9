import {
  type Message,
  type MessageDefinition,
  ScheduleTransfer,
  SubmitBulk,
  SubmitDeposit,
  SubmitTransfer,
  SubmitWithdrawal,
} from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { lockFxQuotes } from '../db/lock-fx-quotes.js';
import { lockScheduleOwners } from '../db/lock-schedule-owners.js';
import { type Applicant, lockLimitsOf } from './admit-all.js';
import { applicantsOf as inBulk } from './submit-bulks.js';
import { applicantOf as inDeposit } from './submit-deposits.js';
import { applicantOf as inTransfer } from './submit-transfers.js';
import { applicantOf as inWithdrawal } from './submit-withdrawals.js';

const readers = new Map<string, (value: Message) => readonly Applicant[]>();

function reads<T extends Message>(
  definition: MessageDefinition<T>,
  read: (value: T) => readonly Applicant[],
) {
  readers.set(definition.name, read as (value: Message) => readonly Applicant[]);
}
reads(SubmitTransfer, (value) => [inTransfer(value)]);
reads(SubmitDeposit, (value) => [inDeposit(value)]);
reads(SubmitWithdrawal, (value) => [inWithdrawal(value)]);
reads(SubmitBulk, inBulk);

/**
 * Takes the locks of a batch with several kinds of submissions before the first handler: handlers that take their own, one
 * after the other, would do so in an order of their own and deadlock with another instance. The order is that of a batch of
 * one kind, whose one handler sorts by itself: quotes, counters, owners of schedules. The common batch, of transfers alone,
 * pays for nothing here.
 */
export function lockAhead({ clock }: Pick<TransactionContext, 'clock'>) {
  return async (unit: UnitOfWork, messages: readonly Received[]): Promise<void> => {
    const quoteIds = valuesOf(SubmitTransfer, messages).flatMap(({ quoteId }) => quoteId ?? []);
    if (quoteIds.length > 0) await lockFxQuotes(unit.tx, quoteIds);
    const applicants = messages.flatMap(
      ({ definition, value }) => readers.get(definition.name)?.(value) ?? [],
    );
    if (applicants.length > 0) await lockLimitsOf(unit, applicants, clock.now());
    const owners = valuesOf(ScheduleTransfer, messages).map(({ ownerId }) => ownerId);
    if (owners.length > 0) await lockScheduleOwners(unit.tx, owners);
  };
}

function valuesOf<T extends Message>(
  definition: MessageDefinition<T>,
  messages: readonly Received[],
): readonly T[] {
  return messages.flatMap((message) =>
    message.definition.name === definition.name ? (message.value as T) : [],
  );
}
