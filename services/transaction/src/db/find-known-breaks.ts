import type { Transaction } from '@florin/database';
import type { BreakFacts } from '../domain/reconcile.js';
import { type BreakRow, breakColumns } from './reconciliation-break-row.js';

/**
 * Breaks of the same payments that earlier files have found, locked, without those that a file has cleared: what was cleared may
 * differ anew.
 */
export async function findKnownBreaks(
  tx: Transaction,
  breaks: readonly BreakFacts[],
): Promise<readonly BreakRow[]> {
  const { rows } = await tx.query<BreakRow>({
    name: 'find-known-breaks',
    text: `SELECT ${breakColumns} FROM reconciliation_breaks b
            WHERE (b.transaction_id = ANY($1::uuid[]) OR b.payment_id = ANY($2::text[]))
              AND b.resolution IS DISTINCT FROM 'cleared'
            ORDER BY b.id FOR UPDATE`,
    values: [
      breaks.flatMap(({ transactionId }) => transactionId ?? []),
      breaks.flatMap(({ paymentId }) => paymentId ?? []),
    ],
  });
  return rows;
}
