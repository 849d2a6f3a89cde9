import type { Transaction } from '@florin/database';

/** Gives quotes, which are locked and free, to the transfers that are made at them. */
export async function useFxQuotes(
  tx: Transaction,
  uses: readonly { readonly quoteId: string; readonly transactionId: string }[],
): Promise<void> {
  await tx.query({
    name: 'use-fx-quotes',
    text: `UPDATE fx_quotes q SET transaction_id = u.transaction_id
             FROM unnest($1::uuid[], $2::uuid[]) AS u (id, transaction_id) WHERE q.id = u.id`,
    values: [uses.map((use) => use.quoteId), uses.map((use) => use.transactionId)],
  });
}
