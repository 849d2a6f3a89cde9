import type { Transaction } from '@florin/database';
import { countParked, insertParked, type ToPark } from './parked-table.js';

/**
 * Parks messages behind their locked gates, as many of each key as there is room for.
 * @returns those that did not fit, each with all that follow it in its key
 */
export async function parkBehind(
  tx: Transaction,
  group: string,
  arriving: readonly ToPark[],
  maxPerKey: number,
): Promise<ReadonlySet<ToPark>> {
  const full = new Set<ToPark>();
  if (arriving.length === 0) return full;
  const lanes = new Map(arriving.map(({ position }) => [position.lane, position]));
  const counts = new Map<string, number>();
  for (const { topic, key, parked } of await countParked(tx, group, [...lanes.values()])) {
    counts.set(`${topic}\n${key}`, parked);
  }
  for (const one of arriving) {
    const parked = counts.get(one.position.lane) ?? 0;
    if (parked >= maxPerKey) full.add(one);
    counts.set(one.position.lane, parked + 1);
  }
  await insertParked(
    tx,
    group,
    arriving.filter((one) => !full.has(one)),
  );
  return full;
}
