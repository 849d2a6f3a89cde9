import type { Transaction } from '@florin/database';
import type { OriginalTransfer, References } from '../domain/accounts-needed.js';

interface Row extends OriginalTransfer {
  readonly isHold: boolean;
  readonly id: string;
}

/**
 * The wallets behind holds and originals, which commands do not name. Read before any lock, to know what to lock: none
 * of it ever changes.
 */
export async function findReferences(
  tx: Transaction,
  holdIds: readonly string[],
  originalIds: readonly string[],
): Promise<References> {
  if (holdIds.length === 0 && originalIds.length === 0) return { holds: new Map(), originals: new Map() };
  const { rows } = await tx.query<Row>({
    name: 'find-references',
    text: `SELECT true AS "isHold", id, wallet_id AS "sourceWalletId", NULL::uuid AS "destinationWalletId", currency,
                  NULL AS "destinationCurrency"
             FROM holds WHERE id = ANY($1::uuid[])
           UNION ALL
           SELECT false, transaction_id, source_wallet_id, destination_wallet_id, currency, destination_currency
             FROM transfers WHERE transaction_id = ANY($2::uuid[])`,
    values: [holdIds, originalIds],
  });
  const holds = rows.filter((row) => row.isHold);
  return {
    holds: new Map(
      holds.map(({ id, sourceWalletId, currency }) => [
        id,
        { walletId: sourceWalletId!, currency: currency! },
      ]),
    ),
    originals: new Map(rows.filter((row) => !row.isHold).map((row) => [row.id, row])),
  };
}
