import type { EmailVerificationRequested } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { draftEmail } from '../domain/draft.js';
import { queueNotifications } from '../queue-notifications.js';
import { verifyEmail } from '../templates/verify-email.js';

export async function queueVerificationMails(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<EmailVerificationRequested>[],
): Promise<void> {
  const drafts = messages.map((cause) => {
    const { meta, customerId, email, fullName, secretRef } = cause.value;
    const to = { eventId: meta.messageId, customerId, address: email, secretRef };
    return { cause, draft: draftEmail(verifyEmail, to, { fullName }) };
  });
  await queueNotifications(context, unit, drafts);
}
