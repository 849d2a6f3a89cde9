import type { Transaction } from '@florin/database';

export interface RefusedCard {
  readonly cardId: string;
  readonly walletId: string;
  readonly ownerId: string;
}

/** Refuses those of the given cards that are still requested, and takes them out of the queue. */
export async function refuseCards(tx: Transaction, cardIds: readonly string[]): Promise<RefusedCard[]> {
  const { rows } = await tx.query<RefusedCard>({
    name: 'refuse-cards',
    text: `WITH done AS (DELETE FROM card_orders WHERE card_id = ANY($1::uuid[]))
           UPDATE cards SET status = 'refused' WHERE id = ANY($1::uuid[]) AND status = 'requested'
        RETURNING id AS "cardId", wallet_id AS "walletId", owner_id AS "ownerId"`,
    values: [cardIds],
  });
  return rows;
}
