import type { CardRefused } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectRefusedCards } from '../db/project-refused-cards.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { eventsAbout } from '../events/events-about.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { cardResource } from '../read-models/card.js';

export function onCardRefused(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<CardRefused> {
  return async (unit, messages) => {
    const events = messages.map(({ value }) => value);
    const rows = await projectRefusedCards(unit.tx, events);
    await clientEvents.record(
      unit,
      eventsAbout('card.refused', rows, {
        messages: events,
        idOf: ({ cardId }) => cardId,
        ownerOf: ({ ownerId }) => ownerId,
        present: cardResource,
      }),
    );
    announcer.announce(
      unit,
      rows.map((row) => ({ kind: 'card', id: row.id, final: true, representation: cardResource(row) })),
    );
  };
}
