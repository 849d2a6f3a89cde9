import type { BodyOf, TransactionCompleted } from '@florin/contracts';
import { depositReceived } from '../templates/deposit-received.js';
import { transferReceived } from '../templates/transfer-received.js';
import { transferSent } from '../templates/transfer-sent.js';
import { type Draft, draftEmail } from './draft.js';
import type { Recipient } from './recipient.js';

export type Movement = BodyOf<TransactionCompleted>;

/** Whom the mails of a movement of money are for; one entry when both wallets have one owner. */
export function partiesOf({ sourceOwnerId, destinationOwnerId }: Movement): string[] {
  return [...new Set([sourceOwnerId, destinationOwnerId])].filter((id) => id !== null);
}

/** The mails that tell the parties of a movement of money: the owner of a deposit, or sender and receiver. */
export function transactionMails(
  eventId: string,
  movement: Movement,
  recipients: ReadonlyMap<string, Recipient>,
): Draft[] {
  const { transactionId, amount, fee, currency, description } = movement;
  const source = recipientOf(movement.sourceOwnerId, recipients);
  const destination = recipientOf(movement.destinationOwnerId, recipients);
  const to = (recipient: Recipient) => ({
    eventId,
    customerId: recipient.customerId,
    address: recipient.email,
  });
  const facts = { transactionId, amount, fee, currency };

  if (movement.type === 'deposit') {
    if (!destination) return [];
    const parameters = { ...facts, fullName: destination.fullName };
    return [draftEmail(depositReceived, to(destination), parameters)];
  }
  const between = { ...facts, description };
  if (source && source === destination) {
    const parameters = { ...between, fullName: source.fullName, counterparty: 'your other wallet' };
    return [draftEmail(transferSent, to(source), parameters)];
  }
  const drafts: Draft[] = [];
  if (source) {
    const counterparty = destination?.fullName ?? 'an external account';
    drafts.push(
      draftEmail(transferSent, to(source), { ...between, fullName: source.fullName, counterparty }),
    );
  }
  if (destination) {
    const counterparty = source?.fullName ?? 'an external account';
    drafts.push(
      draftEmail(transferReceived, to(destination), {
        ...between,
        fullName: destination.fullName,
        counterparty,
      }),
    );
  }
  return drafts;
}

function recipientOf(id: string | null, recipients: ReadonlyMap<string, Recipient>): Recipient | undefined {
  return id === null ? undefined : recipients.get(id);
}
