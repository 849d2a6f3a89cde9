import type { ApplicationDecided } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { draftEmail } from '../domain/draft.js';
import { queueNotifications } from '../queue-notifications.js';
import { requireRecipients } from '../require-recipients.js';
import { applicationDecided } from '../templates/application-decided.js';

export async function queueDecisionMails(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<ApplicationDecided>[],
): Promise<void> {
  const recipients = await requireRecipients(
    unit,
    messages.map((message) => message.value.applicantId),
  );
  const drafts = messages.flatMap((cause) => {
    const { meta, applicantId, applicationId, type, outcome, reason } = cause.value;
    const recipient = recipients.get(applicantId);
    if (!recipient) return [];
    const { fullName, email } = recipient;
    const to = { eventId: meta.messageId, customerId: applicantId, address: email };
    const parameters = { fullName, applicationId, type, outcome, reason };
    return [{ cause, draft: draftEmail(applicationDecided, to, parameters) }];
  });
  await queueNotifications(context, unit, drafts);
}
