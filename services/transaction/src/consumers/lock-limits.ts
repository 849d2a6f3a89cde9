import {
  type Message,
  type MessageDefinition,
  SubmitBulk,
  SubmitDeposit,
  SubmitTransfer,
  SubmitWithdrawal,
} from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
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
 * Locks the counters of a batch with several kinds of submissions before the first handler: handlers that lock their own,
 * one after the other, would take them in an order of their own and deadlock with another instance. Submissions of one kind
 * have one handler, which sorts by itself: the common batch, transfers and outcomes of others, pays for nothing here.
 */
export function lockLimits({ clock }: Pick<TransactionContext, 'clock'>) {
  return async (unit: UnitOfWork, messages: readonly Received[]): Promise<void> => {
    if (messages.every(({ definition }) => definition.name === messages[0]!.definition.name)) return;
    const applicants = messages.flatMap(({ definition, value }) => readers.get(definition.name)!(value));
    await lockLimitsOf(unit.tx, applicants, clock.now());
  };
}
