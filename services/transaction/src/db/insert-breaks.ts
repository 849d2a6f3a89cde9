import { type Transaction, uuidv7 } from '@florin/database';
import type { BreakFacts } from '../domain/reconcile.js';
import { type BreakRow, breakColumns } from './reconciliation-break-row.js';

export async function insertBreaks(
  tx: Transaction,
  fileId: string,
  breaks: readonly BreakFacts[],
  foundAt: Date,
): Promise<BreakRow[]> {
  if (breaks.length === 0) return [];
  const { rows } = await tx.query<BreakRow>({
    name: 'insert-breaks',
    text: `INSERT INTO reconciliation_breaks AS b
             (file_id, status, found_at, id, line_number, kind, payment_kind, payment_id, reference, transaction_id,
              currency, provider_amount, our_amount, provider_status, our_status)
           SELECT $1::uuid, 'open', $2::timestamptz, u.*
             FROM unnest($3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::text[],
                         $11::bigint[], $12::bigint[], $13::text[], $14::text[]) AS u
        RETURNING ${breakColumns}`,
    values: [
      fileId,
      foundAt,
      breaks.map(() => uuidv7()),
      breaks.map((one) => one.lineNumber),
      breaks.map((one) => one.kind),
      breaks.map((one) => one.paymentKind),
      breaks.map((one) => one.paymentId),
      breaks.map((one) => one.reference),
      breaks.map((one) => one.transactionId),
      breaks.map((one) => one.currency),
      breaks.map((one) => one.providerAmount),
      breaks.map((one) => one.ourAmount),
      breaks.map((one) => one.providerStatus),
      breaks.map((one) => one.ourStatus),
    ],
  });
  return rows;
}
