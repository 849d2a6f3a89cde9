import type { NotificationCreated } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectCreatedNotifications } from '../db/project-created-notifications.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { eventsAbout } from '../events/events-about.js';
import { notificationResource } from '../read-models/notification.js';
import { newestBy } from './newest-by.js';

export function onNotificationCreated(clientEvents: EventRecorder): ApplyBatch<NotificationCreated> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.notificationId,
      (event) => -event.meta.occurredAt,
    );
    const rows = await projectCreatedNotifications(unit.tx, events);
    await clientEvents.record(
      unit,
      eventsAbout('notification.created', rows, {
        messages: events,
        idOf: ({ notificationId }) => notificationId,
        ownerOf: ({ customerId }) => customerId,
        present: notificationResource,
      }),
    );
  };
}
