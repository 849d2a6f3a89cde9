import type { Transaction } from '@florin/database';
import type { Correction } from '../domain/booked.js';

/** What the ledger has posted to correct payments of the given transactions. */
export async function findCorrections(
  tx: Transaction,
  transactionIds: readonly string[],
): Promise<readonly Correction[]> {
  const { rows } = await tx.query<Correction>({
    name: 'find-corrections',
    text: `SELECT payment_kind AS kind, transaction_id AS "transactionId", adjustment
             FROM reconciliation_breaks
            WHERE transaction_id = ANY($1::uuid[]) AND resolution = 'adjusted'`,
    values: [transactionIds],
  });
  return rows;
}
