import type { PhoneVerificationRequested } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { NotificationContext } from '../context.js';
import { draftSms } from '../domain/draft.js';
import { queueNotifications } from '../queue-notifications.js';
import { phoneCode } from '../templates/phone-code.js';

export async function queuePhoneCodes(
  context: NotificationContext,
  unit: UnitOfWork,
  messages: readonly Received<PhoneVerificationRequested>[],
): Promise<void> {
  const drafts = messages.map((cause) => {
    const { meta, customerId, phone, secretRef } = cause.value;
    const to = { eventId: meta.messageId, customerId, address: phone, secretRef };
    return { cause, draft: draftSms(phoneCode, to, {}) };
  });
  await queueNotifications(context, unit, drafts);
}
