import type { PasswordResetRequested } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { draftEmail } from '../domain/draft.js';
import { queueNotifications } from '../queue-notifications.js';
import { resetPassword } from '../templates/reset-password.js';

export async function queueResetMails(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<PasswordResetRequested>[],
): Promise<void> {
  const drafts = messages.map((cause) => {
    const { meta, customerId, email, fullName, secretRef } = cause.value;
    const to = { eventId: meta.messageId, customerId, address: email, secretRef };
    return { cause, draft: draftEmail(resetPassword, to, { fullName }) };
  });
  await queueNotifications(context, unit, drafts);
}
