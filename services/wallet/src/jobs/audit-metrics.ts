import type { Database } from '@florin/database';
import { type Clock, createLookUpGauges, type Registry } from '@florin/observability';
import { findLastAudits } from '../db/find-last-audits.js';

/**
 * What the last audit of each kind has found, how long ago it ended and how long it took: read from the database, so all
 * instances agree. The interval is there for alerts, which then stay true whatever it is set to.
 */
export function observeAudits(
  metrics: Registry,
  options: { readonly database: Database; readonly clock: Clock; readonly intervalMs: number },
): void {
  const { database, clock, intervalMs } = options;
  const labelNames = ['kind'];
  createLookUpGauges(
    metrics,
    {
      ledger_audit_findings: {
        help: 'What the last audit of all wallets has found, by kind: must be 0',
        labelNames,
      },
      ledger_audit_age_seconds: {
        help: 'Time since the last audit of all wallets ended, by kind',
        labelNames,
      },
      ledger_audit_duration_seconds: {
        help: 'How long the last audit of all wallets took, by kind',
        labelNames,
      },
      ledger_audit_interval_seconds: { help: 'Time between two audits of the books, as configured' },
    },
    async () => {
      const audits = await findLastAudits(database);
      return [
        { name: 'ledger_audit_interval_seconds', value: intervalMs / 1_000 },
        ...audits.flatMap(({ kind, findings, startedAt, finishedAt }) => {
          const labels = { kind };
          const seconds = (finishedAt.getTime() - startedAt.getTime()) / 1_000;
          const age = (clock.now() - finishedAt.getTime()) / 1_000;
          return [
            { name: 'ledger_audit_findings', labels, value: findings } as const,
            { name: 'ledger_audit_age_seconds', labels, value: age } as const,
            { name: 'ledger_audit_duration_seconds', labels, value: seconds } as const,
          ];
        }),
      ];
    },
  );
}
