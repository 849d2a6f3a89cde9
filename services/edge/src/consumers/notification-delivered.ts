import type { NotificationDelivered } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectDeliveredNotifications } from '../db/project-delivered-notifications.js';
import { newestBy } from './newest-by.js';

export const onNotificationDelivered: ApplyBatch<NotificationDelivered> = (unit, messages) =>
  projectDeliveredNotifications(
    unit.tx,
    newestBy(
      messages.map(({ value }) => value),
      (event) => event.notificationId,
      (event) => event.meta.occurredAt,
    ),
  );
