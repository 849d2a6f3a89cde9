import { InvalidArgumentError } from 'commander';

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `90s`, `15m`, `24h` or `90d` in seconds; `0` is nothing. @throws InvalidArgumentError for anything else */
export function durationSeconds(text: string): number {
  if (text === '0') return 0;
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (unitSeconds[unit ?? ''] ?? Number.NaN);
  if (!Number.isSafeInteger(seconds))
    throw new InvalidArgumentError('Expected a duration such as 30m, 24h or 90d.');
  return seconds;
}

/** A time such as `2027-01-31T00:00:00Z`, or how far ahead it is. @throws InvalidArgumentError for anything else */
export function timeOrDuration(text: string): string {
  const time = Date.parse(text);
  if (/^\d{4}-/.test(text) && !Number.isNaN(time)) return new Date(time).toISOString();
  return new Date(Date.now() + durationSeconds(text) * 1_000).toISOString();
}
