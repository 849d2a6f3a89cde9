/** Money as a row carries it: a number from raw SQL, a bigint from Prisma. */
export type MinorUnits = number | bigint;

/** Exact, because every money column is constrained to ±(2^53 − 1). */
export function toNumber(amount: MinorUnits): number {
  return Number(amount);
}

export function toNumberOrNull(amount: MinorUnits | null): number | null {
  return amount === null ? null : Number(amount);
}
