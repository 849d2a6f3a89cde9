import { type Transaction, uuidArray } from '@florin/database';
import type { DecidedTransfer, TransferRecord } from '../domain/decision.js';

interface ReversedRow {
  readonly id: string;
  readonly reversed: number;
  readonly destinationReversed: number;
}

/** What the ledger has decided before among the given business keys; of originals also what was given back. */
export async function findTransfers(
  tx: Transaction,
  transactionIds: readonly string[],
  originalIds: readonly string[],
): Promise<ReadonlyMap<string, DecidedTransfer>> {
  const query = tx.query<TransferRecord>({
    name: 'find-transfers',
    text: `SELECT transaction_id AS "transactionId", kind, source_wallet_id AS "sourceWalletId",
                  destination_wallet_id AS "destinationWalletId", amount, fee, currency,
                  destination_amount AS "destinationAmount", destination_currency AS "destinationCurrency", rate,
                  reference_id AS "referenceId", decline_reason AS "declineReason", description
             FROM transfers WHERE transaction_id = ANY($1::uuid[])`,
    values: [uuidArray([...transactionIds, ...originalIds])],
  });
  const [{ rows }, reversed] = await Promise.all([query, findReversed(tx, originalIds)]);
  return new Map(
    rows.map((row) => {
      const { reversed: sum = 0, destinationReversed = 0 } = reversed.get(row.transactionId) ?? {};
      return [row.transactionId, { ...row, reversed: sum, destinationReversed }];
    }),
  );
}

/** Exact as long as it is read while the wallets of the originals are locked. */
async function findReversed(
  tx: Transaction,
  originalIds: readonly string[],
): Promise<ReadonlyMap<string, ReversedRow>> {
  if (originalIds.length === 0) return new Map();
  const { rows } = await tx.query<ReversedRow>({
    name: 'find-reversed',
    text: `SELECT reference_id AS id, sum(amount)::bigint AS reversed,
                  coalesce(sum(destination_amount), 0)::bigint AS "destinationReversed"
             FROM transfers
            WHERE reference_id = ANY($1::uuid[]) AND kind = 'reversal' AND status = 'posted'
            GROUP BY reference_id`,
    values: [originalIds],
  });
  return new Map(rows.map((row) => [row.id, row]));
}
