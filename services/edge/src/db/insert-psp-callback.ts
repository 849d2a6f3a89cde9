import type { Transaction } from '@florin/database';

/** Remembers a callback of the payment provider; false when it was remembered before. */
export async function insertPspCallback(tx: Transaction, id: string, receivedAt: Date): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'insert-psp-callback',
    text: 'INSERT INTO psp_callbacks (id, received_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    values: [id, receivedAt],
  });
  return rowCount === 1;
}
