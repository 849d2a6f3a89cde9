import type { UnitOfWork } from '@florin/messaging';
import type { FxQuoteRow } from '../read-models/fx.js';

/** Shows quotes that were asked for. */
export async function insertPendingFxQuotes(
  { tx }: UnitOfWork,
  rows: readonly FxQuoteRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-fx-quotes',
    text: `INSERT INTO fx_quotes (id, owner_id, source_currency, destination_currency, amount, created_at, status)
           SELECT r.*, 'pending'
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[]) AS r
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.ownerId),
      rows.map((row) => row.sourceCurrency),
      rows.map((row) => row.destinationCurrency),
      rows.map((row) => row.amount),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.id);
}
