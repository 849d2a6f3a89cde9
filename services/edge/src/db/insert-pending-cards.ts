import type { UnitOfWork } from '@florin/messaging';
import type { CardRow } from '../read-models/card.js';

/** Shows cards that are being issued, so that GET after 202 finds them. */
export async function insertPendingCards(
  { tx }: UnitOfWork,
  rows: readonly CardRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-cards',
    text: `INSERT INTO cards (id, wallet_id, owner_id, status, created_at)
           SELECT id, wallet_id, owner_id, 'pending', created_at
           FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[])
             AS r (id, wallet_id, owner_id, created_at)
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.walletId),
      rows.map((row) => row.ownerId),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.id);
}
