export interface NotificationRow {
  readonly id: string;
  readonly customerId: string;
  readonly channel: string;
  readonly template: string | null;
  readonly subject: string | null;
  readonly status: string;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

export function notificationResource(row: NotificationRow) {
  return {
    id: row.id,
    customerId: row.customerId,
    channel: row.channel,
    template: row.template,
    subject: row.subject,
    status: row.status,
    createdAt: row.createdAt.toISOString(),
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
  };
}
