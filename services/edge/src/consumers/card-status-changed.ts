import type { CardStatusChanged } from '@florin/contracts';
import { type ApplyBatch, RetryableError } from '@florin/messaging';
import { finishStatusChanges } from '../db/finish-status-changes.js';
import { projectCardStatuses } from '../db/project-card-statuses.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { eventsAbout } from '../events/events-about.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { cardResource } from '../read-models/card.js';
import { statusChangeResourceId } from '../read-models/status-change.js';
import { newestBy } from './newest-by.js';

export function onCardStatusChanged(
  announcer: ProjectionAnnouncer,
  clientEvents: EventRecorder,
): ApplyBatch<CardStatusChanged> {
  return async (unit, messages) => {
    const events = messages.map(({ value }) => value);
    const newest = newestBy(
      events,
      (event) => event.cardId,
      (event) => event.meta.aggregateVersion,
    );
    const cards = new Map((await projectCardStatuses(unit.tx, newest)).map((row) => [row.id, row]));
    for (const { cardId } of newest) {
      // CardIssued comes first on the same key: it is on a retry topic.
      if (!cards.has(cardId)) throw new RetryableError('card-not-issued', `card ${cardId} is not issued yet`);
    }
    // Closing a wallet cancels its cards, and nobody has asked for that card by card.
    const asked = events.flatMap(({ changeId, cardId }) =>
      changeId === null ? [] : [{ id: changeId, cardId }],
    );
    await finishStatusChanges(
      unit.tx,
      asked.map(({ id }) => ({ id, refusalReason: null })),
    );
    await clientEvents.record(
      unit,
      eventsAbout(
        'card.status-changed',
        [...cards.values()].filter(({ changed }) => changed),
        {
          messages: newest,
          idOf: ({ cardId }) => cardId,
          ownerOf: ({ ownerId }) => ownerId,
          present: cardResource,
        },
      ),
    );
    announcer.announce(
      unit,
      asked.map(({ id, cardId }) => ({
        kind: 'card-status',
        id: statusChangeResourceId({ id, subjectId: cardId }),
        final: true,
        representation: cardResource(cards.get(cardId)!),
      })),
    );
  };
}
