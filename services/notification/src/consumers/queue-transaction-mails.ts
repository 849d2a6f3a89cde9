import type { TransactionCompleted } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { lockDigests } from '../db/lock-digests.js';
import { writeDigests } from '../db/write-digests.js';
import { decideNotices } from '../domain/movement-digest.js';
import { type AddressedNotice, mailAbout, noticesOf, partiesOf } from '../domain/movement-notice.js';
import { queueNotifications } from '../queue-notifications.js';
import { requireRecipients } from '../require-recipients.js';

/** Tells the parties of movements of money, or has them wait for a mail about several. */
export async function queueTransactionMails(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<TransactionCompleted>[],
): Promise<void> {
  const parties = new Set(messages.flatMap((message) => partiesOf(message.value)));
  const recipients = await requireRecipients(unit, [...parties]);
  const notices = groupByCustomer(
    messages.flatMap(({ value }) => noticesOf(value.meta.messageId, value, recipients)),
  );
  const now = context.clock.now();
  const digests = await lockDigests(unit.tx, [...notices.keys()], now);
  const decisions = digests.map((digest) => decideNotices(digest, notices.get(digest.customerId)!, now));
  unit.pending(writeDigests(unit.tx, decisions));
  const causes = new Map(messages.map((message) => [message.value.meta.messageId, message]));
  const told = decisions.flatMap((decision) => decision.now);
  await queueNotifications(
    context,
    unit,
    told.map(({ customerId, eventId, notice }) => ({
      cause: causes.get(eventId)!,
      draft: mailAbout(eventId, notice, recipients.get(customerId)!),
    })),
  );
}

function groupByCustomer(notices: readonly AddressedNotice[]): ReadonlyMap<string, AddressedNotice[]> {
  const groups = new Map<string, AddressedNotice[]>();
  for (const notice of notices) {
    const group = groups.get(notice.customerId);
    if (group) group.push(notice);
    else groups.set(notice.customerId, [notice]);
  }
  return groups;
}
