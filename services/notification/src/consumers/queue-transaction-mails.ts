import type { TransactionCompleted } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { partiesOf, transactionMails } from '../domain/transaction-mails.js';
import { queueNotifications } from '../queue-notifications.js';
import { requireRecipients } from '../require-recipients.js';

export async function queueTransactionMails(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<TransactionCompleted>[],
): Promise<void> {
  const recipients = await requireRecipients(
    unit,
    messages.flatMap((message) => partiesOf(message.value)),
  );
  const drafts = messages.flatMap((cause) =>
    transactionMails(cause.value.meta.messageId, cause.value, recipients).map((draft) => ({ cause, draft })),
  );
  await queueNotifications(context, unit, drafts);
}
