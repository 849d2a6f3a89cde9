import type { Adjustment } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** A transaction whose outcome is overdue, with what it takes to ask for it again. */
export interface StalledTransaction {
  readonly id: string;
  readonly type: string;
  readonly sourceWalletId: string | null;
  readonly destinationWalletId: string | null;
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly description: string | null;
  /** The command that the ledger was asked with; null when it cannot be asked again from here. */
  readonly request: string | null;
  readonly depositState: string | null;
  readonly withdrawalState: string | null;
  readonly holdId: string | null;
  readonly originKind: string | null;
  readonly originId: string | null;
  /** What a reversal was asked for; null for all that is left. */
  readonly requestedAmount: number | null;
  /** Of a correction. */
  readonly adjustment: Adjustment | null;
  /** Who owed the outcome when it was last told that it is overdue; null when it never was. */
  readonly toldWaitingFor: string | null;
  /** The terms of its quote, in a transfer between currencies. */
  readonly exchangeCurrency: string | null;
  readonly exchangeRate: string | null;
  readonly attempts: number;
  readonly receivedAt: Date;
  readonly correlationId: string | null;
  readonly traceId: string | null;
}

/** The overdue transactions whose turn it is. Only under the lock of the job. */
export async function findDueStalled(
  tx: Transaction,
  options: { readonly now: Date; readonly limit: number },
): Promise<StalledTransaction[]> {
  const { rows } = await tx.query<StalledTransaction>({
    name: 'find-due-stalled',
    text: `SELECT t.id, t.type, t.source_wallet_id AS "sourceWalletId", t.destination_wallet_id AS "destinationWalletId",
                  t.amount, t.fee, t.currency, t.description, t.request, d.state AS "depositState",
                  w.state AS "withdrawalState", w.hold_id AS "holdId", s.attempts,
                  t.origin_kind AS "originKind", t.origin_id AS "originId", t.requested_amount AS "requestedAmount",
                  b.adjustment, s.waiting_for AS "toldWaitingFor",
                  q.destination_currency AS "exchangeCurrency", q.rate AS "exchangeRate",
                  t.received_at AS "receivedAt", t.correlation_id AS "correlationId",
                  replace(t.trace_id::text, '-', '') AS "traceId"
             FROM stalled_transactions s
                  JOIN transactions t ON t.id = s.transaction_id AND t.status = 'pending'
                  LEFT JOIN deposits d ON d.transaction_id = t.id
                  LEFT JOIN withdrawals w ON w.transaction_id = t.id
                  LEFT JOIN reconciliation_breaks b ON b.adjustment_transaction_id = t.id
                  LEFT JOIN fx_quotes q ON q.transaction_id = t.id
            WHERE s.next_attempt_at <= $1 ORDER BY s.next_attempt_at LIMIT $2`,
    values: [options.now, options.limit],
  });
  return rows;
}
