/** What streams tell about; each is named after the object and what became of it. */
export const clientEventTypes = [
  'wallet.opened',
  'wallet.refused',
  'wallet.status-changed',
  'wallet.balance-changed',
  'card.issued',
  'card.refused',
  'card.status-changed',
  'transaction.completed',
  'transaction.declined',
  'transaction.failed',
  'transaction.reversed',
  'scheduled-transfer.progressed',
  'application.progressed',
  'notification.created',
  'notification.delivered',
] as const;

export type ClientEventType = (typeof clientEventTypes)[number];

/** A change that a projection has made and the owners of the object hear of. */
export interface NewClientEvent {
  readonly type: ClientEventType;
  readonly subjectId: string;
  /** Who may see the object, as with GET, once each. */
  readonly ownerIds: readonly string[];
  readonly occurredAt: number;
  /** The representation; left out for a transaction that has ended, of which only a reversal changes anything. */
  readonly data?: object;
}

/** One event as a stream delivers it. */
export interface ClientEvent {
  readonly sequence: number;
  readonly ownerId: string;
  readonly repeated: boolean;
  readonly type: ClientEventType;
  readonly subjectId: string;
  readonly occurredAt: Date;
  readonly data: object;
}

/** Owner in whose name everyone's events are listened to. */
export const everyone = '00000000-0000-0000-0000-000000000000';

/** CloudEvents 1.0, in the JSON format. */
export function cloudEvent(event: ClientEvent) {
  return {
    specversion: '1.0',
    id: String(event.sequence),
    source: '/v1/events',
    type: event.type,
    subject: `/v1/${event.type.split('.')[0]}s/${event.subjectId}`,
    time: event.occurredAt.toISOString(),
    datacontenttype: 'application/json',
    data: event.data,
  };
}
