import { type Transaction, uuidv7 } from '@florin/database';
import type { Break } from '../domain/reconcile.js';
import { type BreakRow, breakColumns } from './reconciliation-break-row.js';

export async function insertBreaks(
  tx: Transaction,
  fileId: string,
  breaks: readonly Break[],
  foundAt: Date,
): Promise<BreakRow[]> {
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
      breaks.map(({ line }) => line?.lineNumber ?? null),
      breaks.map(({ kind }) => kind),
      breaks.map(({ line, record }) => line?.kind ?? record?.kind),
      breaks.map(({ line }) => line?.paymentId ?? null),
      breaks.map(({ line }) => line?.reference ?? null),
      breaks.map(({ record }) => record?.transactionId ?? null),
      breaks.map(({ line, record }) => line?.currency ?? record?.currency),
      breaks.map(({ line }) => line?.amount ?? null),
      breaks.map(({ record }) => record?.amount ?? null),
      breaks.map(({ line }) => line?.status ?? null),
      breaks.map(({ record }) => record?.status ?? null),
    ],
  });
  return rows;
}
