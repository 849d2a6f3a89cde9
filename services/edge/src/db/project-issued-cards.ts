import type { CardIssued } from '@florin/contracts';
import type { Transaction } from '@florin/database';
import type { CardRow } from '../read-models/card.js';

/** Shows issued cards, also those that the workflow of an application asked for. */
export async function projectIssuedCards(
  tx: Transaction,
  events: readonly CardIssued[],
): Promise<readonly CardRow[]> {
  const { rows } = await tx.query<CardRow>({
    name: 'project-issued-cards',
    text: `INSERT INTO cards AS known
             (id, wallet_id, owner_id, token, last4, expiry_month, expiry_year, branch, account_number, created_at,
              status, version)
           SELECT r.*, 'active', 1
           FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::integer[], $7::integer[],
                       $8::text[], $9::text[], $10::timestamptz[]) AS r
           ON CONFLICT (id) DO UPDATE SET
             token = excluded.token, last4 = excluded.last4, expiry_month = excluded.expiry_month,
             expiry_year = excluded.expiry_year, branch = excluded.branch,
             account_number = excluded.account_number, status = 'active', version = 1
           WHERE known.status = 'pending'
           RETURNING id, wallet_id AS "walletId", owner_id AS "ownerId", token, last4,
             expiry_month AS "expiryMonth", expiry_year AS "expiryYear", branch, account_number AS "accountNumber",
             status, refusal_reason AS "refusalReason", created_at AS "createdAt"`,
    values: [
      events.map((event) => event.cardId),
      events.map((event) => event.walletId),
      events.map((event) => event.ownerId),
      events.map((event) => event.cardToken),
      events.map((event) => event.last4),
      events.map((event) => event.expiryMonth),
      events.map((event) => event.expiryYear),
      events.map((event) => event.branch),
      events.map((event) => event.accountNumber),
      events.map((event) => new Date(event.meta.occurredAt)),
    ],
  });
  return rows;
}
