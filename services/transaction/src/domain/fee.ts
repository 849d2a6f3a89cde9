export interface FeeSchedule {
  /** Minor units. */
  readonly flat: number;
  /** Hundredths of a percent of the amount. */
  readonly basisPoints: number;
}

const basisPointsInOne = 10_000n;

/**
 * The fee on an amount: flat plus basis points, in minor units. A half is rounded to the even neighbour, which favours
 * neither side over many transactions (IEEE 754 roundTiesToEven). Returns undefined when the fee leaves ±(2^53 − 1).
 */
export function feeOn(amount: number, schedule: FeeSchedule): number | undefined {
  const product = BigInt(amount) * BigInt(schedule.basisPoints);
  const quotient = product / basisPointsInOne;
  const twiceRemainder = (product % basisPointsInOne) * 2n;
  const isUp =
    twiceRemainder > basisPointsInOne || (twiceRemainder === basisPointsInOne && quotient % 2n === 1n);
  const fee = Number(quotient + (isUp ? 1n : 0n) + BigInt(schedule.flat));
  return Number.isSafeInteger(fee) ? fee : undefined;
}
