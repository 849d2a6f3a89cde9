import type { Database } from '@florin/database';
import type { AuditKind } from './insert-audits.js';

export interface Audit {
  readonly id: string;
  readonly kind: AuditKind;
  /** Set for an audit of one wallet. */
  readonly walletId: string | null;
  readonly walletCursor: string;
  /** Number of the last run of seals that was verified. */
  readonly runCursor: number;
  readonly step: number;
  /** What the last step of this process says about the next one; not stored. */
  readonly isDense?: boolean;
}

/** What is worked off one after the other: audits of all wallets by their kind, and those of single wallets. */
export const auditLanes = ['books', 'chain', 'wallet'] as const;
export type AuditLane = (typeof auditLanes)[number];

/** Takes the oldest audit of a lane that nobody works on; the lease gives that of a process that died to another. */
export async function claimAudit(
  database: Database,
  lane: AuditLane,
  lease: { readonly now: Date; readonly until: Date },
): Promise<Audit | undefined> {
  const { rows } = await database.pool.query<Audit>({
    name: 'claim-audit',
    text: `UPDATE ledger_audits SET lease_until = $2
            WHERE id = (SELECT id FROM ledger_audits WHERE status = 'running' AND lease_until < $1
                           AND CASE WHEN wallet_id IS NULL THEN kind ELSE 'wallet' END = $3
                         ORDER BY started_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, wallet_id AS "walletId", wallet_cursor AS "walletCursor", run_cursor AS "runCursor", step`,
    values: [lease.now, lease.until, lane],
  });
  return rows[0];
}

/** Gives an audit back that this process has come so far with. */
export async function releaseAudit(database: Database, audit: Audit): Promise<void> {
  await database.pool.query({
    name: 'release-audit',
    text: `UPDATE ledger_audits SET lease_until = '-infinity' WHERE id = $1 AND step = $2 AND status = 'running'`,
    values: [audit.id, audit.step],
  });
}
