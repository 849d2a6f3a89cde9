import type { PhoneChanged } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { draftEmail } from '../domain/draft.js';
import { queueNotifications } from '../queue-notifications.js';
import { requireRecipients } from '../require-recipients.js';
import { phoneChanged } from '../templates/phone-changed.js';

/** By mail, because the old phone may be lost and the new one may be a thief's. */
export async function queuePhoneNotices(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<PhoneChanged>[],
): Promise<void> {
  const recipients = await requireRecipients(
    unit,
    messages.map((message) => message.value.customerId),
  );
  const drafts = messages.flatMap((cause) => {
    const { meta, customerId, changedAt } = cause.value;
    const recipient = recipients.get(customerId);
    if (!recipient) return [];
    const { fullName, email } = recipient;
    const to = { eventId: meta.messageId, customerId, address: email };
    return [{ cause, draft: draftEmail(phoneChanged, to, { fullName, changedAt }) }];
  });
  await queueNotifications(context, unit, drafts);
}
