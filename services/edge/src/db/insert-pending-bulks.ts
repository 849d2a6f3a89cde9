import type { UnitOfWork } from '@florin/messaging';
import type { BulkRow } from '../read-models/bulk.js';
import { insertPendingTransactions, type OwnedTransactionRow } from './insert-pending-transactions.js';

export interface PendingBulk extends BulkRow {
  readonly items: readonly OwnedTransactionRow[];
}

/** Shows bulks and their items while they are on their way. */
export async function insertPendingBulks(
  unit: UnitOfWork,
  bulks: readonly PendingBulk[],
): Promise<readonly string[]> {
  const result = await unit.tx.query<{ id: string }>({
    name: 'insert-pending-bulks',
    text: `INSERT INTO bulks (id, owner_id, mode, created_at)
           SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[])
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      bulks.map((bulk) => bulk.id),
      bulks.map((bulk) => bulk.ownerId),
      bulks.map((bulk) => bulk.mode),
      bulks.map((bulk) => bulk.createdAt),
    ],
  });
  await insertPendingTransactions(
    unit,
    bulks.flatMap(({ items }) => items),
  );
  return result.rows.map((row) => row.id);
}
