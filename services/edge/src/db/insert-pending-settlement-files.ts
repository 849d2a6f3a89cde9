import type { UnitOfWork } from '@florin/messaging';
import type { SettlementFileRow } from '../read-models/settlement-file.js';

/** Shows files that were uploaded, so that GET after 202 finds them. */
export async function insertPendingSettlementFiles(
  { tx }: UnitOfWork,
  rows: readonly SettlementFileRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-settlement-files',
    text: `INSERT INTO settlement_files (status, id, external_id, settlement_date, imported_by, created_at)
           SELECT 'pending', * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.externalId),
      rows.map((row) => row.settlementDate),
      rows.map((row) => row.importedBy),
      rows.map((row) => row.createdAt),
    ],
  });
  return result.rows.map((row) => row.id);
}
