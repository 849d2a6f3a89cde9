import type { LedgerAuditProgressed } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** Shows how far audits are, at most one event for each. */
export async function projectLedgerAudits(
  tx: Transaction,
  events: readonly LedgerAuditProgressed[],
): Promise<void> {
  await tx.query({
    name: 'project-ledger-audits',
    text: `INSERT INTO ledger_audits AS known
             (id, kind, wallet_id, status, wallets_total, wallets_checked, entries_checked, version, started_at, finished_at)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
                                $8::bigint[], $9::timestamptz[], $10::timestamptz[])
           ON CONFLICT (id) DO UPDATE SET
             status = excluded.status, wallets_total = excluded.wallets_total, wallets_checked = excluded.wallets_checked,
             entries_checked = excluded.entries_checked, version = excluded.version, finished_at = excluded.finished_at
           WHERE known.version < excluded.version`,
    values: [
      events.map((event) => event.auditId),
      events.map((event) => event.kind),
      events.map((event) => event.walletId),
      events.map((event) => event.status),
      events.map((event) => event.walletsTotal),
      events.map((event) => event.walletsChecked),
      events.map((event) => event.entriesChecked),
      events.map((event) => event.meta.aggregateVersion),
      events.map((event) => new Date(event.startedAt)),
      events.map((event) => (event.finishedAt === null ? null : new Date(event.finishedAt))),
    ],
  });
}
