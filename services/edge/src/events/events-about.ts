import type { Meta } from '@florin/contracts';
import type { ClientEventType, NewClientEvent } from './client-event.js';

interface Told {
  readonly meta: Pick<Meta, 'occurredAt'>;
}

/** Events about the objects that a projection has changed, at the time of the message that did it. */
export function eventsAbout<Row extends { readonly id: string }, Message extends Told>(
  type: ClientEventType,
  rows: readonly Row[],
  options: {
    readonly messages: readonly Message[];
    readonly idOf: (message: Message) => string;
    readonly ownerOf: (row: Row) => string;
    readonly present: (row: Row) => object;
  },
): NewClientEvent[] {
  const { messages, idOf, ownerOf, present } = options;
  const times = new Map(messages.map((message) => [idOf(message), message.meta.occurredAt]));
  return rows.map((row) => ({
    type,
    subjectId: row.id,
    ownerIds: [ownerOf(row)],
    occurredAt: times.get(row.id)!,
    data: present(row),
  }));
}
