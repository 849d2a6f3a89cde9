import type { Transaction } from '@florin/database';
import type { PaymentRecord } from '../domain/reconcile.js';

/**
 * Payments as they were recorded here: those of the given transactions, and those that moved money in a span of time.
 * A payment that was never sent is none: a withdrawal whose hold was refused, a deposit that was not given back.
 */
const records = `
  SELECT 'charge' AS kind, d.transaction_id AS "transactionId", t.amount, t.currency, d.charged_at AS at,
         CASE d.state WHEN 'charge-due' THEN 'pending' WHEN 'refused' THEN 'declined' ELSE 'succeeded' END AS status
    FROM deposits d JOIN transactions t ON t.id = d.transaction_id
   WHERE CONDITION(d, charged_at)
  UNION ALL
  SELECT 'refund', d.transaction_id, t.amount, t.currency, d.refunded_at,
         CASE d.state WHEN 'refund-due' THEN 'pending' ELSE 'succeeded' END
    FROM deposits d JOIN transactions t ON t.id = d.transaction_id
   WHERE d.state IN ('refund-due', 'refunded') AND CONDITION(d, refunded_at)
  UNION ALL
  SELECT 'payout', w.transaction_id, t.amount, t.currency, w.paid_at,
         CASE WHEN w.state IN ('paid', 'settled') THEN 'succeeded' WHEN w.state = 'payout-due' THEN 'pending'
              WHEN w.state = 'uncovered' THEN 'uncovered' ELSE 'declined' END
    FROM withdrawals w JOIN transactions t ON t.id = w.transaction_id
   WHERE w.state NOT IN ('hold-requested', 'refused') AND CONDITION(w, paid_at)`;

const byId = records.replaceAll(/CONDITION\((\w), \w+\)/g, '$1.transaction_id = ANY($$1::uuid[])');
const byTime = records.replaceAll(/CONDITION\((\w), (\w+)\)/g, '$1.$2 >= $$1 AND $1.$2 < $$2');

export async function findPaymentRecords(
  tx: Transaction,
  transactionIds: readonly string[],
): Promise<PaymentRecord[]> {
  const query = { name: 'find-payment-records', text: byId, values: [transactionIds] };
  return (await tx.query<PaymentRecord>(query)).rows;
}

/** Bounded: a day with more payments than this is looked through only in part, and the caller says so. */
export async function findPaymentRecordsBetween(
  tx: Transaction,
  from: Date,
  to: Date,
  limit: number,
): Promise<PaymentRecord[]> {
  const { rows } = await tx.query<PaymentRecord>({
    name: 'find-payment-records-between',
    text: `SELECT * FROM (${byTime}) AS found ORDER BY at LIMIT $3`,
    values: [from, to, limit],
  });
  return rows;
}
