import type { Database } from '@florin/database';
import type { AuditKind } from './insert-audits.js';

export interface LastAudit {
  readonly kind: AuditKind;
  readonly findings: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** The last audit of all wallets that has ended, of each kind. Two looks at the end of an index, however many there were. */
export async function findLastAudits(database: Database): Promise<readonly LastAudit[]> {
  const { rows } = await database.pool.query<LastAudit>({
    name: 'find-last-audits',
    text: `SELECT k.kind, a.findings, a.started_at AS "startedAt", a.finished_at AS "finishedAt"
             FROM (VALUES ('books'), ('chain')) AS k (kind)
                  CROSS JOIN LATERAL (
                    SELECT findings, started_at, finished_at FROM ledger_audits
                     WHERE kind = k.kind AND status <> 'running' AND wallet_id IS NULL
                     ORDER BY started_at DESC LIMIT 1) a`,
  });
  return rows;
}
