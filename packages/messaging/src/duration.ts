const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
export const dayMs = 86_400_000;

/** Milliseconds of `250ms`, `5s`, `1m`, `2h` or `44d`. @throws RangeError when it is not written so */
export function parseDuration(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (!match) throw new RangeError(`${text} is not a duration such as 5s or 10m`);
  return Number(match[1]) * unitMs[match[2]!]!;
}
