import type { BodyOf, BulkItem, PostBulk } from '@florin/contracts';
import type { Transaction } from '@florin/database';

type Row = Omit<BulkItem, 'exchange'> & { readonly bulkId: string; readonly mode: string };

/**
 * Bulks as the ledger was asked to post them, by id: the items that were let through, in the order of their ids, which the
 * edge has given to them in the order of the bulk.
 */
export async function findPostedBulks(
  tx: Transaction,
  bulkIds: readonly string[],
): Promise<ReadonlyMap<string, BodyOf<PostBulk>>> {
  if (bulkIds.length === 0) return new Map();
  const { rows } = await tx.query<Row>({
    name: 'find-posted-bulks',
    text: `SELECT b.id AS "bulkId", b.mode, t.id AS "transactionId", t.source_wallet_id AS "sourceWalletId",
                  t.destination_wallet_id AS "destinationWalletId", t.amount, t.fee AS "feeAmount", t.currency,
                  t.description
             FROM bulks b JOIN transactions t ON t.origin_kind = 'bulk' AND t.origin_id = b.id
            WHERE b.id = ANY($1::uuid[]) AND t.request = 'PostBulk' ORDER BY t.id`,
    values: [bulkIds],
  });
  const bulks = new Map<string, { bulkId: string; mode: string; items: BulkItem[] }>();
  for (const { bulkId, mode, ...item } of rows) {
    const bulk = bulks.get(bulkId) ?? { bulkId, mode, items: [] };
    bulk.items.push({ ...item, exchange: null });
    bulks.set(bulkId, bulk);
  }
  return bulks;
}
