import type { NotificationCreated } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectCreatedNotifications } from '../db/project-created-notifications.js';

export const onNotificationCreated: ApplyBatch<NotificationCreated> = (unit, messages) =>
  projectCreatedNotifications(
    unit.tx,
    messages.map(({ value }) => value),
  );
