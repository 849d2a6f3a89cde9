import type { Database } from '@florin/database';

/** Queues an audit of the books when the last one of all wallets began before `dueBefore`. */
export async function startDueAudit(
  database: Database,
  audit: { readonly id: string; readonly now: Date; readonly dueBefore: Date },
): Promise<void> {
  // Two instances may both start one: the second finds nothing new and is over at once.
  await database.pool.query({
    name: 'start-due-audit',
    text: `INSERT INTO ledger_audits (id, kind, status, started_at)
           SELECT $1, 'books', 'running', $2
            WHERE NOT EXISTS (SELECT FROM ledger_audits WHERE kind = 'books' AND wallet_id IS NULL AND started_at >= $3)
              AND NOT EXISTS (SELECT FROM ledger_audits WHERE kind = 'books' AND status = 'running')`,
    values: [audit.id, audit.now, audit.dueBefore],
  });
}
