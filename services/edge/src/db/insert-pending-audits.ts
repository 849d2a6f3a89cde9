import type { UnitOfWork } from '@florin/messaging';
import type { LedgerAuditRow } from '../read-models/ledger-audit.js';

/** Shows audits that were asked for, so that GET after 202 finds them. */
export async function insertPendingAudits(
  { tx }: UnitOfWork,
  rows: readonly LedgerAuditRow[],
): Promise<readonly string[]> {
  const result = await tx.query<{ id: string }>({
    name: 'insert-pending-audits',
    text: `INSERT INTO ledger_audits (status, id, kind, wallet_id, started_at)
           SELECT 'pending', * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[])
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.kind),
      rows.map((row) => row.walletId),
      rows.map((row) => row.startedAt),
    ],
  });
  return result.rows.map((row) => row.id);
}
