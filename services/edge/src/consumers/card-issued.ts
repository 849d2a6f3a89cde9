import type { CardIssued } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectIssuedCards } from '../db/project-issued-cards.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { eventsAbout } from '../events/events-about.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { cardResource } from '../read-models/card.js';
import { newestBy } from './newest-by.js';

export function onCardIssued(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<CardIssued> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.cardId,
      (event) => -event.meta.occurredAt,
    );
    const rows = await projectIssuedCards(unit.tx, events);
    await clientEvents.record(
      unit,
      eventsAbout('card.issued', rows, {
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
