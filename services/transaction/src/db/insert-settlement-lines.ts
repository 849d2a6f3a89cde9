import type { Transaction } from '@florin/database';
import type { MatchedLine } from '../domain/reconcile.js';

export async function insertSettlementLines(
  tx: Transaction,
  fileId: string,
  lines: readonly MatchedLine[],
): Promise<void> {
  await tx.query({
    name: 'insert-settlement-lines',
    text: `INSERT INTO settlement_lines (file_id, line_number, kind, payment_id, reference, amount, currency, status,
                                         created_at, transaction_id, matched_by)
           SELECT $1::uuid, u.* FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[],
                                      $8::text[], $9::timestamptz[], $10::uuid[], $11::text[]) AS u
           ON CONFLICT DO NOTHING`,
    values: [
      fileId,
      lines.map(({ line }) => line.lineNumber),
      lines.map(({ line }) => line.kind),
      lines.map(({ line }) => line.paymentId),
      lines.map(({ line }) => line.reference),
      lines.map(({ line }) => line.amount),
      lines.map(({ line }) => line.currency),
      lines.map(({ line }) => line.status),
      lines.map(({ line }) => line.createdAt),
      lines.map(({ transactionId }) => transactionId),
      lines.map(({ matchedBy }) => matchedBy),
    ],
  });
}
