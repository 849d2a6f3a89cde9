import type { Exchange } from '@florin/contracts';
import {
  bigintArray,
  type Transaction,
  textArrayLiteral,
  timestampArrayLiteral,
  uuidArray,
} from '@florin/database';
import type { TransactionRow } from '../read-models/transaction.js';
import { transactionColumns } from './transaction-columns.js';

/** A transfer as the ledger has posted it. Amounts in minor units. */
export interface CompletedTransfer {
  readonly transactionId: string;
  /** What it has cost its source, the fee included. */
  readonly paid: number;
  /** Milliseconds since the Unix epoch. */
  readonly postedAt: number;
  readonly exchange: Exchange | null;
}

/** Completes transfers that are pending in the read model, and returns them. What its source has paid beyond the amount is the fee. */
export async function completeTransfers(
  tx: Transaction,
  transfers: readonly CompletedTransfer[],
): Promise<readonly TransactionRow[]> {
  if (transfers.length === 0) return [];
  const { rows } = await tx.query<TransactionRow>({
    name: 'complete-transfers',
    text: `UPDATE transactions
              SET status = 'completed', completed_at = u.posted, fee = u.paid - amount,
                  exchange_currency = u.currency_received, exchange_amount = u.received, exchange_rate = u.rate
             FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::text[], $5::bigint[], $6::text[])
                  AS u (transaction, posted, paid, currency_received, received, rate)
            WHERE id = u.transaction AND status = 'pending'
        RETURNING ${transactionColumns}`,
    values: [
      uuidArray(transfers.map(({ transactionId }) => transactionId)),
      timestampArrayLiteral(transfers.map(({ postedAt }) => postedAt)),
      bigintArray(transfers.map(({ paid }) => paid)),
      textArrayLiteral(transfers.map(({ exchange }) => exchange?.currency ?? null)),
      bigintArray(transfers.map(({ exchange }) => exchange?.amount ?? null)),
      textArrayLiteral(transfers.map(({ exchange }) => exchange?.rate ?? null)),
    ],
  });
  return rows;
}
