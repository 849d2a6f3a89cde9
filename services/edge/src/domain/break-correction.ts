/** A side of a correction: a customer's wallet, or an account of the platform. */
type Side = { readonly walletId: string } | { readonly account: string };

export interface CorrectionBounds {
  /** Minor units as the provider has them; null when it does not list the payment. */
  readonly providerAmount: number | null;
  readonly ourAmount: number | null;
  /** The wallets of the transaction; undefined when the difference belongs to none that is known. */
  readonly walletIds: readonly string[] | undefined;
}

/**
 * What is wrong with a correction, by JSON pointer. A difference licenses to move no more than the payment it is about,
 * and no wallet that has nothing to do with it: the second operator sees a version, not the proportion.
 */
export function refuseCorrection(
  bounds: CorrectionBounds,
  correction: { readonly from: Side; readonly to: Side; readonly amount: number },
): { readonly pointer: string; readonly detail: string }[] {
  const { providerAmount, ourAmount, walletIds } = bounds;
  const most = Math.max(providerAmount ?? 0, ourAmount ?? 0);
  const problems = [];
  if (correction.amount > most) {
    problems.push({ pointer: '/adjustment/amount', detail: `The payment is of ${most} at most.` });
  }
  for (const name of ['from', 'to'] as const) {
    const side = correction[name];
    if ('walletId' in side && walletIds && !walletIds.includes(side.walletId)) {
      const detail = 'The wallet has no part in the transaction.';
      problems.push({ pointer: `/adjustment/${name}/walletId`, detail });
    }
  }
  return problems;
}
