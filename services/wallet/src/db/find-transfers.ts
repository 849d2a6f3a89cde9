import type { Transaction } from '@florin/database';

/** The terms of a transfer that the ledger has decided before. */
export interface DecidedTransfer {
  readonly transactionId: string;
  readonly sourceWalletId: string;
  readonly destinationWalletId: string;
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
}

/** The transfers already decided among the given transactions, posted or declined. */
export async function findTransfers(
  tx: Transaction,
  transactionIds: readonly string[],
): Promise<DecidedTransfer[]> {
  const { rows } = await tx.query<DecidedTransfer>({
    name: 'find-transfers',
    text: `SELECT transaction_id AS "transactionId", source_wallet_id AS "sourceWalletId",
                  destination_wallet_id AS "destinationWalletId", amount, fee, currency
             FROM transfers WHERE transaction_id = ANY($1::uuid[])`,
    values: [transactionIds],
  });
  return rows;
}
