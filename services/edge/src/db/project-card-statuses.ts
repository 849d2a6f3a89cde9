import type { CardStatusChanged } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { CardRow } from '../read-models/card.js';

/** As it is now, and whether the event is newer than what was known. */
export interface ChangedCard extends CardRow {
  readonly changed: boolean;
}

/**
 * Shows the newest status of cards, at most one event for each, and returns the cards as they are now. A card that is
 * missing in the answer has not been issued in the read model yet.
 */
export async function projectCardStatuses(
  tx: Transaction,
  events: readonly CardStatusChanged[],
): Promise<readonly ChangedCard[]> {
  const { rows } = await tx.query<ChangedCard>({
    name: 'project-card-statuses',
    text: `WITH locked AS MATERIALIZED (
             SELECT id, version FROM cards WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
           )
           UPDATE cards AS known
           SET status = CASE WHEN r.version > known.version THEN r.status ELSE known.status END,
             version = greatest(r.version, known.version)
           FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS r (id, status, version) JOIN locked ON locked.id = r.id
           WHERE known.id = r.id AND known.status IN ('active', 'frozen', 'cancelled')
           RETURNING known.id, wallet_id AS "walletId", owner_id AS "ownerId", token, last4,
             expiry_month AS "expiryMonth", expiry_year AS "expiryYear", branch, account_number AS "accountNumber",
             known.status, refusal_reason AS "refusalReason", created_at AS "createdAt",
             r.version > locked.version AS changed`,
    values: [
      events.map((event) => event.cardId),
      events.map((event) => event.status),
      events.map((event) => event.meta.aggregateVersion),
    ],
  });
  return rows;
}
