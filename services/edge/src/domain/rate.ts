/** So many calls in so long. They may come at once; after that they come back one by one, evenly. */
export interface Rate {
  readonly quota: number;
  readonly windowMs: number;
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `100/1s`, `5/10m`; undefined when it is none of these. */
export function parseRate(text: string): Rate | undefined {
  const match = /^([1-9]\d{0,8})\/([1-9]\d{0,5})(ms|s|m|h)$/.exec(text);
  if (!match) return undefined;
  const [, quota, count, unit] = match as unknown as [string, string, string, keyof typeof units];
  return { quota: Number(quota), windowMs: Number(count) * units[unit] };
}

/** What GCRA gives to a demand for some calls, and what it remembers. */
export interface Grant {
  readonly granted: number;
  readonly remaining: number;
  /** Theoretical arrival time (ms): when the whole quota will be there again. */
  readonly fullAt: number;
  /** When one more call can be granted; for a demand that got nothing. */
  readonly nextAt: number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371), for a demand of several calls at once. A token bucket in one number.
 * The script in `lease-script.ts` is the same in Lua.
 */
export function grant(rate: Rate, fullAt: number | undefined, wanted: number, now: number): Grant {
  const intervalMs = rate.windowMs / rate.quota;
  const from = Math.max(fullAt ?? now, now);
  // A little more than nothing, because an interval is rarely a binary fraction.
  const free = Math.floor((now + rate.windowMs - from) / intervalMs + 1e-6);
  const granted = Math.min(free, wanted);
  return {
    granted,
    remaining: free - granted,
    fullAt: from + granted * intervalMs,
    nextAt: granted > 0 ? now : from + intervalMs - rate.windowMs,
  };
}
