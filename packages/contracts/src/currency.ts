// ISO 4217 currencies whose minor unit is not a hundredth. `Intl` knows the digits people write, which for some
// currencies (IDR, AFN) are others.
const digitsOf: ReadonlyMap<string, number> = new Map(
  [
    { digits: 0, codes: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF' },
    { digits: 3, codes: 'BHD IQD JOD KWD LYD OMR TND' },
    { digits: 4, codes: 'CLF UYW' },
  ].flatMap(({ digits, codes }) => codes.split(' ').map((code) => [code, digits] as const)),
);

/** Digits behind the decimal point of a currency: 2 for USD, 0 for JPY, 3 for KWD. */
export function minorUnitDigits(currency: string): number {
  return digitsOf.get(currency) ?? 2;
}

/** Writes minor units as a decimal number, exactly: `-123456, USD` → `-1234.56`. */
export function decimalAmount(amountMinor: number, currency: string): string {
  const decimals = minorUnitDigits(currency);
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, '0');
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${amountMinor < 0 ? '-' : ''}${digits.slice(0, digits.length - decimals)}${fraction}`;
}

/** Writes minor units for people, exactly: `1234567, USD` → `12,345.67`. */
export function groupedAmount(amountMinor: number, currency: string): string {
  const [whole = '', fraction] = decimalAmount(amountMinor, currency).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** With the currency behind: `1234567, USD` → `12,345.67 USD`. */
export function formatMoney(amountMinor: number, currency: string): string {
  return `${groupedAmount(amountMinor, currency)} ${currency}`;
}
