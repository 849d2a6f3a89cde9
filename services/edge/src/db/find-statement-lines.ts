import type { Database } from '@florin/database';

export interface StatementLine {
  readonly sequence: number;
  readonly entryId: string;
  readonly transactionId: string;
  readonly postedAt: Date;
  readonly amount: number;
  readonly runningBalance: number;
  readonly description: string | null;
  readonly type: string | null;
}

/** Lines of a statement in the order they were posted. Entries that only set money aside move none and are no lines. */
export async function findStatementLines(
  database: Database,
  walletId: string,
  range: { readonly firstSequence: number; readonly lastSequence: number; readonly limit: number },
): Promise<readonly StatementLine[]> {
  const { rows } = await database.pool.query<StatementLine>({
    name: 'find-statement-lines',
    text: `SELECT e.sequence, e.entry_id AS "entryId", e.transaction_id AS "transactionId",
             e.posted_at AS "postedAt", e.amount, e.posted AS "runningBalance", t.description, t.type
           FROM entries AS e LEFT JOIN transactions AS t ON t.id = e.transaction_id
           WHERE e.wallet_id = $1 AND e.sequence BETWEEN $2 AND $3 AND e.amount <> 0
           ORDER BY e.sequence LIMIT $4`,
    values: [walletId, range.firstSequence, range.lastSequence, range.limit],
  });
  return rows;
}
