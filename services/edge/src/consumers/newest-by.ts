/**
 * The newest item for each key, in order of first appearance: `ON CONFLICT DO UPDATE` may touch a row only once in a
 * statement. On a tie the later item wins.
 */
export function newestBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  versionOf: (item: T) => number,
): readonly T[] {
  const newest = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    const known = newest.get(key);
    if (known === undefined || versionOf(item) >= versionOf(known)) newest.set(key, item);
  }
  return [...newest.values()];
}
