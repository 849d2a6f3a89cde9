import type { Transaction } from '@florin/database';

export type AuditKind = 'books' | 'chain';

export interface NewAudit {
  readonly id: string;
  readonly kind: AuditKind;
  readonly walletId: string | null;
}

/** Queues audits. One whose id exists already is left as it is. */
export async function insertAudits(
  tx: Transaction,
  audits: readonly NewAudit[],
  startedAt: Date,
): Promise<void> {
  if (audits.length === 0) return;
  await tx.query({
    name: 'insert-audits',
    text: `INSERT INTO ledger_audits (id, kind, wallet_id, status, started_at)
           SELECT id, kind, wallet_id, 'running', $1 FROM unnest($2::uuid[], $3::text[], $4::uuid[]) AS u (id, kind, wallet_id)
           ON CONFLICT DO NOTHING`,
    values: [
      startedAt,
      audits.map((audit) => audit.id),
      audits.map((audit) => audit.kind),
      audits.map((audit) => audit.walletId),
    ],
  });
}
