import type { Transaction } from '@florin/database';

/** Erases what the applicants filled in. */
export async function eraseApplicationData(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.query({
    name: 'erase-application-data',
    text: `UPDATE applications SET data = '{}' WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
}
