import type { Transaction } from '@florin/database';
import type { Audit } from './claim-audit.js';

export interface AuditStep {
  /** The last wallet that was checked; undefined behind the last one. */
  readonly cursor: string | undefined;
  /** The last run of seals that was verified. */
  readonly runCursor?: number;
  readonly wallets: number;
  readonly entries: number;
  readonly findings: number;
}

export interface AuditState {
  readonly status: 'running' | 'passed' | 'failed';
  readonly step: number;
  readonly walletsTotal: number;
  readonly walletsChecked: number;
  readonly entriesChecked: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** Records a step of an audit; undefined when another instance has recorded it. */
export async function advanceAudit(
  tx: Transaction,
  audit: Audit,
  step: AuditStep,
  at: { readonly now: Date; readonly leaseUntil: Date },
): Promise<AuditState | undefined> {
  const { rows } = await tx.query<AuditState>({
    name: 'advance-audit',
    text: `UPDATE ledger_audits SET
             step = step + 1, wallet_cursor = coalesce($3, wallet_cursor), lease_until = $8,
             run_cursor = coalesce($9, run_cursor),
             wallets_checked = wallets_checked + $4, entries_checked = entries_checked + $5, findings = findings + $6,
             wallets_total = CASE WHEN step > 0 THEN wallets_total
                                  WHEN wallet_id IS NOT NULL THEN 1 ELSE (SELECT count(*) FROM wallets) END,
             status = CASE WHEN $3::uuid IS NOT NULL THEN 'running' WHEN findings + $6 > 0 THEN 'failed' ELSE 'passed' END,
             finished_at = CASE WHEN $3::uuid IS NULL THEN $7::timestamptz END
            WHERE id = $1 AND step = $2 AND status = 'running'
        RETURNING status, step, wallets_total AS "walletsTotal", wallets_checked AS "walletsChecked",
                  entries_checked AS "entriesChecked", started_at AS "startedAt", finished_at AS "finishedAt"`,
    values: [
      audit.id,
      audit.step,
      step.cursor,
      step.wallets,
      step.entries,
      step.findings,
      at.now,
      at.leaseUntil,
      step.runCursor,
    ],
  });
  return rows[0];
}
