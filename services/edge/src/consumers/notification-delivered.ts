import type { NotificationDelivered } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectDeliveredNotifications } from '../db/project-delivered-notifications.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { eventsAbout } from '../events/events-about.js';
import { notificationResource } from '../read-models/notification.js';
import { newestBy } from './newest-by.js';

export function onNotificationDelivered(clientEvents: EventRecorder): ApplyBatch<NotificationDelivered> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.notificationId,
      (event) => -event.meta.occurredAt,
    );
    const rows = await projectDeliveredNotifications(unit.tx, events);
    await clientEvents.record(
      unit,
      eventsAbout('notification.delivered', rows, {
        messages: events,
        idOf: ({ notificationId }) => notificationId,
        ownerOf: ({ customerId }) => customerId,
        present: notificationResource,
      }),
    );
  };
}
