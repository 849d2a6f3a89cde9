import type { Transaction } from '@florin/database';

/** A card to be ordered from the issuer, and the request that it comes from. */
export interface RequestedCard {
  readonly cardId: string;
  readonly walletId: string;
  readonly ownerId: string;
  readonly branch: string;
  readonly accountNumber: string;
  readonly correlationId: string;
  readonly actor: string | null;
  readonly traceparent: string | null;
}

/** Stores cards and puts them into the queue of the issuer. A card that exists is left as it is. */
export async function insertRequestedCards(
  tx: Transaction,
  cards: readonly RequestedCard[],
  requestedAt: Date,
): Promise<void> {
  if (cards.length === 0) return;
  await tx.query({
    name: 'insert-requested-cards',
    text: `WITH wanted AS (
             SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[],
                                  $9::text[])
                      AS u (id, wallet_id, owner_id, branch, account_number, correlation_id, actor, traceparent)
           ), fresh AS (
             INSERT INTO cards (id, wallet_id, owner_id, branch, account_number, status, requested_at)
             SELECT id, wallet_id, owner_id, branch, account_number, 'requested', $1 FROM wanted
             ON CONFLICT (id) DO NOTHING RETURNING id
           )
           INSERT INTO card_orders (card_id, next_attempt_at, correlation_id, actor, traceparent)
           SELECT id, $1, correlation_id, actor, traceparent FROM wanted JOIN fresh USING (id)`,
    values: [
      requestedAt,
      cards.map((c) => c.cardId),
      cards.map((c) => c.walletId),
      cards.map((c) => c.ownerId),
      cards.map((c) => c.branch),
      cards.map((c) => c.accountNumber),
      cards.map((c) => c.correlationId),
      cards.map((c) => c.actor),
      cards.map((c) => c.traceparent),
    ],
  });
}
