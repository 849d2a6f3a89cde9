import type { Transaction } from '@florin/database';
import type { Correction } from '../domain/booked.js';

/**
 * What the ledger has posted to correct payments of the given transactions, or was asked to post: what is compared with the books in
 * between would be compared with what they are no more a moment later, and nothing would look at it again.
 */
export async function findCorrections(
  tx: Transaction,
  transactionIds: readonly string[],
): Promise<readonly Correction[]> {
  const { rows } = await tx.query<Correction>({
    name: 'find-corrections',
    text: `SELECT payment_kind AS kind, transaction_id AS "transactionId", adjustment
             FROM reconciliation_breaks
            WHERE transaction_id = ANY($1::uuid[]) AND (resolution = 'adjusted' OR status = 'adjusting')`,
    values: [transactionIds],
  });
  return rows;
}

/**
 * Locks the differences of the given transactions that are not settled, so that nobody asks for a correction between here and the end of
 * the transaction. In the order of their ids, as all who lock several.
 */
export async function lockCorrections(tx: Transaction, transactionIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'lock-corrections',
    text: `SELECT FROM reconciliation_breaks
            WHERE transaction_id = ANY($1::uuid[]) AND status <> 'resolved' ORDER BY id FOR UPDATE`,
    values: [transactionIds],
  });
}
