import type { UnitOfWork } from '@florin/messaging';
import type { FxRateRow } from '../read-models/fx.js';

/** Shows rates that are on their way. */
export async function insertPendingFxRates(
  { tx }: UnitOfWork,
  rows: readonly FxRateRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-fx-rates',
    text: `INSERT INTO fx_rates (id, source_currency, destination_currency, rate, margin_basis_points, created_at, status)
           SELECT r.*, 'pending'
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::timestamptz[]) AS r
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.sourceCurrency),
      rows.map((row) => row.destinationCurrency),
      rows.map((row) => row.rate),
      rows.map((row) => row.marginBasisPoints),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.id);
}
