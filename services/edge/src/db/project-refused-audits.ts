import type { LedgerAuditRefused } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** Shows audits that the ledger has refused. */
export async function projectRefusedAudits(
  tx: Transaction,
  events: readonly LedgerAuditRefused[],
  at: Date,
): Promise<void> {
  await tx.query({
    name: 'project-refused-audits',
    text: `INSERT INTO ledger_audits AS known
             (status, started_at, finished_at, id, kind, wallet_id, refusal_reason)
           SELECT 'refused', $1, $1, * FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[])
           ON CONFLICT (id) DO UPDATE SET status = 'refused', finished_at = $1, refusal_reason = excluded.refusal_reason
           WHERE known.status = 'pending'`,
    values: [
      at,
      events.map((event) => event.auditId),
      events.map((event) => event.kind),
      events.map((event) => event.walletId),
      events.map((event) => event.reason),
    ],
  });
}
