import type { EmailChanged } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { draftEmail } from '../domain/draft.js';
import { queueNotifications } from '../queue-notifications.js';
import { emailChanged } from '../templates/email-changed.js';

/** The last mail to an address that a customer has given up. */
export async function queueEmailNotices(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<EmailChanged>[],
): Promise<void> {
  const drafts = messages.map((cause) => {
    const { meta, customerId, fullName, previousEmail, changedAt } = cause.value;
    const to = { eventId: meta.messageId, customerId, address: previousEmail };
    return { cause, draft: draftEmail(emailChanged, to, { fullName, changedAt }) };
  });
  await queueNotifications(context, unit, drafts);
}
