import type { CardIssued } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { draftEmail } from '../domain/draft.js';
import { queueNotifications } from '../queue-notifications.js';
import { requireRecipients } from '../require-recipients.js';
import { cardIssued } from '../templates/card-issued.js';

export async function queueCardMails(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<CardIssued>[],
): Promise<void> {
  const recipients = await requireRecipients(
    unit,
    messages.map((message) => message.value.ownerId),
  );
  const drafts = messages.flatMap((cause) => {
    const { meta, ownerId, last4, expiryMonth, expiryYear } = cause.value;
    const recipient = recipients.get(ownerId);
    if (!recipient) return [];
    const { fullName, email } = recipient;
    const to = { eventId: meta.messageId, customerId: ownerId, address: email };
    return [{ cause, draft: draftEmail(cardIssued, to, { fullName, last4, expiryMonth, expiryYear }) }];
  });
  await queueNotifications(context, unit, drafts);
}
