import type { PasswordChanged } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { draftEmail } from '../domain/draft.js';
import { queueNotifications } from '../queue-notifications.js';
import { requireRecipients } from '../require-recipients.js';
import { passwordChanged } from '../templates/password-changed.js';

/** Tells the mailbox of every change of the password: one that its owner did not make is noticed there first. */
export async function queuePasswordMails(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<PasswordChanged>[],
): Promise<void> {
  const recipients = await requireRecipients(
    unit,
    messages.map((message) => message.value.customerId),
  );
  const drafts = messages.flatMap((cause) => {
    const { meta, customerId, how, changedAt } = cause.value;
    const recipient = recipients.get(customerId);
    if (!recipient) return [];
    const { fullName, email } = recipient;
    const to = { eventId: meta.messageId, customerId, address: email };
    return [{ cause, draft: draftEmail(passwordChanged, to, { fullName, how, changedAt }) }];
  });
  await queueNotifications(context, unit, drafts);
}
