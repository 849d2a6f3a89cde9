import type { Delivery } from './delivery.js';

/**
 * What one transaction may hold, in messages of ordinary weight. A few heavy messages would otherwise make a transaction
 * that keeps its locks for many seconds, and in the end fails for taking so long.
 */
export const maxWeight = 2_000;

/** Cuts deliveries, in their order, into runs that one transaction each can hold. A heavier message is one by itself. */
export function byWeight(deliveries: readonly Delivery[]): (readonly Delivery[])[] {
  const runs: Delivery[][] = [];
  let left = 0;
  for (const delivery of deliveries) {
    const { handler, received } = delivery;
    const weight = handler.weigh?.(received) ?? 1;
    if (runs.length === 0 || weight > left) {
      runs.push([]);
      left = maxWeight;
    }
    runs.at(-1)!.push(delivery);
    left -= weight;
  }
  return runs;
}
