/** What a key may do, and until when. */
export interface KeyPower {
  /** `*` stands for every scope. */
  readonly scopes: readonly string[];
  /** Milliseconds; null is for ever. */
  readonly expiresAt: number | null;
}

/** Scopes of `wanted` that `held` does not cover. Only `*` covers `*`: later versions have scopes that nobody lists today. */
export function scopesBeyond(held: readonly string[], wanted: readonly string[]): string[] {
  return held.includes('*') ? [] : wanted.filter((scope) => !held.includes(scope));
}

/** True when `wanted` lasts longer than `held`: a key that was meant to end could otherwise live on in its offspring. */
export function outlasts(held: number | null, wanted: number | null): boolean {
  return held !== null && (wanted === null || wanted > held);
}

/** Until when a secret works: that of the key, or the end of the overlap after a rotation if that comes first. */
export function secretExpiry(keyExpiresAt: number | null, overlapEndsAt: number | null): number | null {
  if (keyExpiresAt === null || overlapEndsAt === null) return keyExpiresAt ?? overlapEndsAt;
  return Math.min(keyExpiresAt, overlapEndsAt);
}
