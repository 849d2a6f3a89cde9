import type { Transaction } from '@florin/database';
import type { CardStanding } from '../domain/card-status.js';

/** Stores the status of a locked card and returns its new version. */
export async function updateCardStatus(tx: Transaction, cardId: string, card: CardStanding): Promise<number> {
  const { rows } = await tx.query<{ version: number }>({
    name: 'update-card-status',
    text: `UPDATE cards SET status = $2, frozen_by = $3, version = version + 1 WHERE id = $1 RETURNING version`,
    values: [cardId, card.status, card.frozenBy],
  });
  return rows[0]!.version;
}
