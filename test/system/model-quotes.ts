/** What one unit buys, before and after the margin, which the model works out by itself: 0.92 less one percent. */
export const rates = [
  { sourceCurrency: 'USD', destinationCurrency: 'EUR', rate: '0.92', marginBasisPoints: 100, buys: 9_108n },
  { sourceCurrency: 'EUR', destinationCurrency: 'USD', rate: '1.08', marginBasisPoints: 50, buys: 10_746n },
] as const;
const unit = 10_000n;

/** A promise to a customer; known by its position. */
export interface Quote {
  readonly owner: number;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly arrives: number;
  isUsed: boolean;
  isExpired: boolean;
}

/** Undefined when nothing is left of the amount. */
export function quote(owner: number, from: string, to: string, amount: number): Quote | undefined {
  const arrives = Number((BigInt(amount) * buysOf(from, to)) / unit);
  return arrives === 0 ? undefined : { owner, from, to, amount, arrives, isUsed: false, isExpired: false };
}

/** Why a transfer cannot be made at a quote. */
export function refuseQuote(
  found: Quote,
  { owner, currency }: { readonly owner: number; readonly currency: string },
  { amount, to }: { readonly amount: number; readonly to: string },
): string | undefined {
  if (found.owner !== owner) return 'quote-not-found';
  if (found.isUsed) return 'quote-used';
  if (found.amount !== amount || found.from !== currency || found.to !== to) return 'quote-mismatch';
  return found.isExpired ? 'quote-expired' : undefined;
}

/** What the destination has to give back for all that was reversed so far; the last cent of it is what had arrived. */
export function shareOf({ from, to, amount, arrives }: Quote, reversed: number): number {
  if (reversed === amount) return arrives;
  const up = Number((BigInt(reversed) * buysOf(from, to) + unit - 1n) / unit);
  return Math.min(up, arrives);
}

function buysOf(from: string, to: string): bigint {
  const found = rates.find((one) => one.sourceCurrency === from && one.destinationCurrency === to);
  if (!found) throw new Error(`there is no rate from ${from} to ${to}`);
  return found.buys;
}
