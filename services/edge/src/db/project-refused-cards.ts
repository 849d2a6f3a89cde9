import type { CardRefused } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { CardRow } from '../read-models/card.js';

/** Marks cards that could not be issued. */
export async function projectRefusedCards(
  tx: Transaction,
  events: readonly CardRefused[],
): Promise<readonly CardRow[]> {
  const { rows } = await tx.query<CardRow>({
    name: 'project-refused-cards',
    text: `UPDATE cards SET status = 'refused', refusal_reason = r.reason
           FROM unnest($1::uuid[], $2::text[]) AS r (id, reason)
           WHERE cards.id = r.id AND cards.status = 'pending'
           RETURNING cards.id, wallet_id AS "walletId", owner_id AS "ownerId", token, last4,
             expiry_month AS "expiryMonth", expiry_year AS "expiryYear", branch, account_number AS "accountNumber",
             status, refusal_reason AS "refusalReason", created_at AS "createdAt"`,
    values: [events.map((event) => event.cardId), events.map((event) => event.reason)],
  });
  return rows;
}
