import type { Transaction } from '@florin/database';

/** Keeps a job to one instance at a time. The lock ends with the transaction; false when another instance holds it. */
export async function tryJobLock(tx: Transaction, job: string): Promise<boolean> {
  const { rows } = await tx.query<{ locked: boolean }>({
    name: 'try-job-lock',
    text: 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked',
    values: [`florin-transaction-job:${job}`],
  });
  return rows[0]!.locked;
}
