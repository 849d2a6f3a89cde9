import type { BodyOf, TransactionCompleted } from '@florin/contracts';
import { z } from 'zod';
import { depositReceived } from '../templates/deposit-received.js';
import { maxLines, movements } from '../templates/movements.js';
import { transferReceived } from '../templates/transfer-received.js';
import { transferSent } from '../templates/transfer-sent.js';
import { type Draft, draftEmail } from './draft.js';
import type { Recipient } from './recipient.js';

export type Movement = BodyOf<TransactionCompleted>;

/** What one party of a movement of money is told: a mail of its own, or a line of one about several. */
export const noticeSchema = z.object({
  kind: z.enum(['deposit', 'sent', 'received']),
  transactionId: z.string(),
  amount: z.number(),
  fee: z.number(),
  currency: z.string(),
  counterparty: z.string(),
  description: z.string().nullable(),
});
export type Notice = z.infer<typeof noticeSchema>;

export interface AddressedNotice {
  readonly customerId: string;
  readonly eventId: string;
  readonly notice: Notice;
}

/** Whom a movement of money concerns; one entry when both wallets have one owner. */
export function partiesOf({ sourceOwnerId, destinationOwnerId }: Movement): string[] {
  return [...new Set([sourceOwnerId, destinationOwnerId])].filter((id) => id !== null);
}

/** What the parties of a movement are told: the owner of a deposit, or sender and receiver. Who has left is missing. */
export function noticesOf(
  eventId: string,
  movement: Movement,
  recipients: ReadonlyMap<string, Recipient>,
): AddressedNotice[] {
  const { transactionId, amount, fee, currency, description } = movement;
  const source = recipientOf(movement.sourceOwnerId, recipients);
  const destination = recipientOf(movement.destinationOwnerId, recipients);
  const tell = (to: Recipient, kind: Notice['kind'], counterparty: string): AddressedNotice => ({
    customerId: to.customerId,
    eventId,
    notice: {
      kind,
      transactionId,
      amount,
      fee,
      currency,
      counterparty,
      description,
      ...inOtherCurrency(movement, kind),
    },
  });
  if (movement.type === 'deposit') return destination ? [tell(destination, 'deposit', 'your bank')] : [];
  if (source && source === destination) return [tell(source, 'sent', 'your other wallet')];
  return [
    ...(source ? [tell(source, 'sent', destination?.fullName ?? 'an external account')] : []),
    ...(destination ? [tell(destination, 'received', source?.fullName ?? 'an external account')] : []),
  ];
}

/** Each party is told what has moved in his own wallet. A reversal takes the other currency back from who had received it. */
function inOtherCurrency({ exchange, type }: Movement, kind: Notice['kind']) {
  const concerned = type === 'reversal' ? 'sent' : 'received';
  return exchange && kind === concerned ? { amount: exchange.amount, currency: exchange.currency } : {};
}

/** The mail about one movement. */
export function mailAbout(eventId: string, notice: Notice, recipient: Recipient): Draft {
  const { customerId, email: address, fullName } = recipient;
  const to = { eventId, customerId, address };
  const { kind, ...facts } = notice;
  if (kind === 'sent') return draftEmail(transferSent, to, { fullName, ...facts });
  if (kind === 'received') return draftEmail(transferReceived, to, { fullName, ...facts });
  const { transactionId, amount, fee, currency } = facts;
  return draftEmail(depositReceived, to, { fullName, transactionId, amount, fee, currency });
}

/** The mail about several movements, of which the first are listed. */
export function mailAboutSeveral(
  eventId: string,
  { count, lines }: { readonly count: number; readonly lines: readonly Notice[] },
  recipient: Recipient,
): Draft {
  const { customerId, email: address, fullName } = recipient;
  const parameters = { fullName, count, lines: lines.slice(0, maxLines) };
  return draftEmail(movements, { eventId, customerId, address }, parameters);
}

function recipientOf(id: string | null, recipients: ReadonlyMap<string, Recipient>): Recipient | undefined {
  return id === null ? undefined : recipients.get(id);
}
