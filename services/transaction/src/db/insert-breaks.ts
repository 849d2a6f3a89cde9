import { type Transaction, uuidv7 } from '@florin/database';
import { type Break, factsOf } from '../domain/reconcile.js';
import { type BreakRow, breakColumns } from './reconciliation-break-row.js';

export async function insertBreaks(
  tx: Transaction,
  fileId: string,
  breaks: readonly Break[],
  foundAt: Date,
): Promise<BreakRow[]> {
  if (breaks.length === 0) return [];
  const facts = breaks.map(factsOf);
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
      facts.map(() => uuidv7()),
      facts.map((one) => one.lineNumber),
      facts.map((one) => one.kind),
      facts.map((one) => one.paymentKind),
      facts.map((one) => one.paymentId),
      facts.map((one) => one.reference),
      facts.map((one) => one.transactionId),
      facts.map((one) => one.currency),
      facts.map((one) => one.providerAmount),
      facts.map((one) => one.ourAmount),
      facts.map((one) => one.providerStatus),
      facts.map((one) => one.ourStatus),
    ],
  });
  return rows;
}
