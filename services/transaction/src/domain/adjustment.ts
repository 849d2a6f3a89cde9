import type { Adjustment, BodyOf, PostAdjustment } from '@florin/contracts';

/** A correction as the ledger is asked to post it, the first time and every other. */
export function postAdjustmentOf(correction: {
  readonly transactionId: string;
  readonly adjustment: Adjustment;
  readonly currency: string;
  readonly description: string | null;
}): { readonly key: string; readonly body: BodyOf<PostAdjustment> } {
  const { transactionId, adjustment, currency, description } = correction;
  const { sourceOwnerId: _, destinationOwnerId: __, ...sides } = adjustment;
  return {
    key: sides.sourceWalletId ?? sides.destinationWalletId ?? transactionId,
    body: { transactionId, ...sides, currency, description },
  };
}
