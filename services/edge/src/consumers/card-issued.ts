import type { CardIssued } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectIssuedCards } from '../db/project-issued-cards.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { cardResource } from '../read-models/card.js';

export function onCardIssued(announcer: ProjectionAnnouncer): ApplyBatch<CardIssued> {
  return async (unit, messages) => {
    const rows = await projectIssuedCards(
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
