import type { Transaction } from '@florin/database';
import { keyOf, type ListedPayment, paymentOf } from '../domain/reconcile.js';
import type { PaymentKind } from '../domain/settlement-file.js';

/**
 * What the provider last said of its payments, by `paymentOf`. The file of a day that comes late is not the last word on a payment
 * that a later day lists as well. Of several lines of one file the first counts, as when it was compared: the others are duplicates.
 */
export async function findListedPayments(
  tx: Transaction,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, ListedPayment>> {
  const { rows } = await tx.query<ListedPayment>({
    name: 'find-listed-payments',
    text: `SELECT last.*, matched."transactionId", matched."matchedBy"
             FROM (SELECT DISTINCT ON (l.payment_id, l.kind)
                          l.kind, l.payment_id AS "paymentId", l.reference, l.amount, l.currency, l.status,
                          l.created_at AS "createdAt", l.line_number AS "lineNumber", l.file_id AS "fileId",
                          f.settlement_date::text AS "settlementDate"
                     FROM settlement_lines l JOIN settlement_files f ON f.id = l.file_id
                    WHERE l.payment_id = ANY($1::text[])
                    ORDER BY l.payment_id, l.kind, f.settlement_date DESC, f.imported_at DESC, l.line_number) AS last
             LEFT JOIN LATERAL (SELECT m.transaction_id AS "transactionId", m.matched_by AS "matchedBy"
                                  FROM settlement_lines m
                                 WHERE m.payment_id = last."paymentId" AND m.kind = last.kind
                                   AND m.transaction_id IS NOT NULL
                                 LIMIT 1) AS matched ON true`,
    values: [paymentIds],
  });
  return new Map(rows.map((row) => [paymentOf(row), row]));
}

/** Which payments of the given transactions lines of files before were matched with. */
export async function findMatchedPayments(
  tx: Transaction,
  transactionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ kind: PaymentKind; id: string }>({
    name: 'find-matched-payments',
    text: 'SELECT kind, transaction_id AS id FROM settlement_lines WHERE transaction_id = ANY($1::uuid[])',
    values: [transactionIds],
  });
  return new Set(rows.map(({ kind, id }) => keyOf(kind, id)));
}
