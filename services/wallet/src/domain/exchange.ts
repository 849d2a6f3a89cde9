import { minorUnitDigits } from '@florin/contracts';

const decimal = /^(\d{1,12})(?:\.(\d{1,12}))?$/;

/** A rate is never longer than that. */
const maxRateLength = 25;

/** What is kept of a rate: of one that is refused for its length only the beginning. */
export function recordedRate(rate: string): string {
  return rate.slice(0, maxRateLength);
}

export function isRate(rate: string): boolean {
  return decimal.test(rate) && /[1-9]/.test(rate);
}

/**
 * Converts minor units of one currency into those of another, exactly, halves rounded to even.
 * @param rate units of `to` for one unit of `from`, as people quote it: the minor units of both are taken into account
 * @returns undefined when the result is past 2^53 − 1
 */
export function convert(amount: number, rate: string, from: string, to: string): number | undefined {
  const parts = decimal.exec(rate);
  if (!parts) throw new RangeError('a rate is a decimal number');
  const [, whole, fraction = ''] = parts;
  const numerator = BigInt(amount) * BigInt(whole + fraction) * 10n ** BigInt(minorUnitDigits(to));
  const denominator = 10n ** BigInt(fraction.length + minorUnitDigits(from));
  const converted = Number(divideHalfEven(numerator, denominator));
  return Number.isSafeInteger(converted) ? converted : undefined;
}

/** Of numbers that are not negative. */
function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const isUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}
