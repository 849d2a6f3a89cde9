import { minorUnitDigits } from './currency.js';

const decimal = /^(\d{1,12})(?:\.(\d{1,12}))?$/;
const rateFractionDigits = 12;
const basisPointsInOne = 10_000n;

/** A decimal of at most 12 digits before the point, without zeros in front, and 12 behind it, more than zero. */
export function isRate(rate: string): boolean {
  return decimal.test(rate) && /[1-9]/.test(rate) && !/^0\d/.test(rate);
}

/**
 * Converts minor units of one currency into those of another, exactly, and rounds down: what a customer receives. Rounded to
 * the nearest unit, an amount of a few cents would be worth more afterwards, and many of them would be money from nothing.
 * @param rate units of `to` for one unit of `from`, as people quote it: the minor units of both are taken into account
 * @returns undefined when the result is past 2^53 − 1
 */
export function convertDown(amount: number, rate: string, from: string, to: string): number | undefined {
  const { numerator, denominator } = exactly(amount, rate, from, to);
  return safe(numerator / denominator);
}

/** The same, rounded up: what a customer gives back. */
export function convertUp(amount: number, rate: string, from: string, to: string): number | undefined {
  const { numerator, denominator } = exactly(amount, rate, from, to);
  return safe((numerator + denominator - 1n) / denominator);
}

/** A rate less a margin in hundredths of a percent, with at most 12 digits behind the point, the others cut off. */
export function rateWithMargin(rate: string, marginBasisPoints: number): string {
  const { digits, fractionDigits } = parse(rate);
  const scaled = digits * 10n ** BigInt(rateFractionDigits - fractionDigits);
  const left = (scaled * (basisPointsInOne - BigInt(marginBasisPoints))) / basisPointsInOne;
  const text = left.toString().padStart(rateFractionDigits + 1, '0');
  const fraction = text.slice(-rateFractionDigits).replace(/0+$/, '');
  const whole = text.slice(0, -rateFractionDigits);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

function parse(rate: string): { readonly digits: bigint; readonly fractionDigits: number } {
  const parts = decimal.exec(rate);
  if (!parts) throw new RangeError('a rate is a decimal number');
  const [, whole, fraction = ''] = parts;
  return { digits: BigInt(whole + fraction), fractionDigits: fraction.length };
}

function exactly(amount: number, rate: string, from: string, to: string) {
  const { digits, fractionDigits } = parse(rate);
  return {
    numerator: BigInt(amount) * digits * 10n ** BigInt(minorUnitDigits(to)),
    denominator: 10n ** BigInt(fractionDigits + minorUnitDigits(from)),
  };
}

function safe(result: bigint): number | undefined {
  const number = Number(result);
  return Number.isSafeInteger(number) ? number : undefined;
}
