import type { Transaction } from '@florin/database';
import type { CardStanding } from '../domain/card-status.js';

export interface LockedCard extends CardStanding {
  readonly cardId: string;
  readonly walletId: string;
  readonly ownerId: string;
  readonly version: number;
}

/** Locks the cards that the issuer has made among those of the given ids, in ascending order. */
export async function lockCards(
  tx: Transaction,
  cardIds: readonly string[],
): Promise<ReadonlyMap<string, LockedCard>> {
  const { rows } = await tx.query<LockedCard>({
    name: 'lock-cards',
    text: `SELECT id AS "cardId", wallet_id AS "walletId", owner_id AS "ownerId", status, frozen_by AS "frozenBy", version
             FROM cards WHERE id = ANY($1::uuid[]) AND token IS NOT NULL ORDER BY id FOR NO KEY UPDATE`,
    values: [cardIds],
  });
  return new Map(rows.map((row) => [row.cardId, row]));
}
