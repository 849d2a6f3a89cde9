import type { LedgerAuditProgressed } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/**
 * The audits whose newest seal is not what was published: another hash under its number, or none although newer ones were
 * published, which is what a ledger that was set back looks like. A seal whose event is still on its way is none of these.
 */
export async function findForeignSeals(
  tx: Transaction,
  events: readonly LedgerAuditProgressed[],
): Promise<readonly string[]> {
  // The first step of an audit checks the seals.
  const checked = events.filter(({ kind, meta }) => kind === 'chain' && meta.aggregateVersion === 1);
  const { rows } = await tx.query<{ auditId: string }>({
    name: 'find-foreign-seals',
    text: `SELECT r."auditId" FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) AS r ("auditId", run, hash, at)
             LEFT JOIN ledger_seals AS known ON known.run_id = r.run
            WHERE known.hash <> r.hash
               OR EXISTS (SELECT FROM ledger_seals AS newer WHERE newer.sealed_at < r.at
                                                              AND newer.number > coalesce(known.number, 0)
                                                              AND (known.number IS NOT NULL OR r.run IS NULL))`,
    values: [
      checked.map((event) => event.auditId),
      checked.map((event) => event.sealRunId),
      checked.map((event) => event.sealHash),
      checked.map((event) => new Date(event.startedAt)),
    ],
  });
  return rows.map(({ auditId }) => auditId);
}
