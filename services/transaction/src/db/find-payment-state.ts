import type { Pool } from '@florin/database';

/** The state of a deposit or a withdrawal. */
export async function findPaymentState(
  pool: Pool,
  table: 'deposits' | 'withdrawals',
  transactionId: string,
): Promise<string | undefined> {
  const { rows } = await pool.query<{ state: string }>({
    name: `find-state-of-${table}`,
    text: `SELECT state FROM ${table} WHERE transaction_id = $1`,
    values: [transactionId],
  });
  return rows[0]?.state;
}
