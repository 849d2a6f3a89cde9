import type { Transaction } from '@florin/database';
import { lockCards } from './lock-cards.js';
import { type RefusedCard, refuseCards } from './refuse-cards.js';

export interface CancelledCard extends RefusedCard {
  readonly version: number;
}

/** Cancels the cards of a wallet that is being closed, and refuses those that the issuer has yet to make. */
export async function cancelCardsOfWallet(
  tx: Transaction,
  walletId: string,
): Promise<{ readonly cancelled: readonly CancelledCard[]; readonly refused: readonly RefusedCard[] }> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'find-cards-of-wallet',
    text: `SELECT id FROM cards WHERE wallet_id = $1 AND status NOT IN ('refused', 'cancelled') ORDER BY id`,
    values: [walletId],
  });
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return { cancelled: [], refused: [] };
  // Those still requested first: afterwards, each of the others has a face and is found by the lock.
  const refused = await refuseCards(tx, ids);
  await lockCards(tx, ids);
  const cancelled = await tx.query<CancelledCard>({
    name: 'cancel-cards',
    text: `UPDATE cards SET status = 'cancelled', frozen_by = NULL, version = version + 1
            WHERE id = ANY($1::uuid[]) AND status IN ('active', 'frozen')
        RETURNING id AS "cardId", wallet_id AS "walletId", owner_id AS "ownerId", version`,
    values: [ids],
  });
  return { cancelled: cancelled.rows, refused };
}
