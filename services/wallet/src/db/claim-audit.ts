import type { Database } from '@florin/database';
import type { AuditKind } from './insert-audits.js';

export interface Audit {
  readonly id: string;
  readonly kind: AuditKind;
  /** Set for an audit of one wallet. */
  readonly walletId: string | null;
  readonly walletCursor: string;
  readonly step: number;
}

/** Takes the oldest audit that nobody works on; the lease gives that of a process that died to another. */
export async function claimAudit(
  database: Database,
  lease: { readonly now: Date; readonly until: Date },
): Promise<Audit | undefined> {
  const { rows } = await database.pool.query<Audit>({
    name: 'claim-audit',
    text: `UPDATE ledger_audits SET lease_until = $2
            WHERE id = (SELECT id FROM ledger_audits WHERE status = 'running' AND lease_until < $1
                         ORDER BY started_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, wallet_id AS "walletId", wallet_cursor AS "walletCursor", step`,
    values: [lease.now, lease.until],
  });
  return rows[0];
}
