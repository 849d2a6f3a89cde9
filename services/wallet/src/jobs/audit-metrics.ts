import type { Database } from '@florin/database';
import { type Clock, Gauge, type Registry } from '@florin/observability';

interface LastAudit {
  readonly kind: string;
  readonly findings: number;
  readonly finishedAt: Date;
}

/** What the last audit of each kind has found, and how long ago: read from the database, so all instances agree. */
export function observeAudits(metrics: Registry, database: Database, clock: Clock): void {
  const age = new Gauge({
    name: 'ledger_audit_age_seconds',
    help: 'Time since the last audit of all wallets ended, by kind',
    labelNames: ['kind'],
    registers: [metrics],
  });
  new Gauge({
    name: 'ledger_audit_findings',
    help: 'What the last audit of all wallets has found, by kind: must be 0',
    labelNames: ['kind'],
    registers: [metrics],
    async collect() {
      const { rows } = await database.pool.query<LastAudit>(
        `SELECT DISTINCT ON (kind) kind, findings, finished_at AS "finishedAt" FROM ledger_audits
          WHERE status <> 'running' AND wallet_id IS NULL ORDER BY kind, started_at DESC`,
      );
      for (const { kind, findings, finishedAt } of rows) {
        this.set({ kind }, findings);
        age.set({ kind }, (clock.now() - finishedAt.getTime()) / 1_000);
      }
    },
  });
}
