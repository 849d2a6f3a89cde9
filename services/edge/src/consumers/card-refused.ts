import type { CardRefused } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectRefusedCards } from '../db/project-refused-cards.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { cardResource } from '../read-models/card.js';

export function onCardRefused(announcer: ProjectionAnnouncer): ApplyBatch<CardRefused> {
  return async (unit, messages) => {
    const rows = await projectRefusedCards(
      unit.tx,
      messages.map(({ value }) => value),
    );
    unit.afterCommit(() =>
      announcer.announce(
        rows.map((row) => ({ kind: 'card', id: row.id, final: true, representation: cardResource(row) })),
      ),
    );
  };
}
