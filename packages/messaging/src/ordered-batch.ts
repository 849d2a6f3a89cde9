import { type Delivery, type FailedDelivery, hasFailed, type Outcome, type Submitted } from './delivery.js';
import { waits } from './failure.js';
import type { OrderGates } from './order-gates.js';

interface BatchSteps {
  readonly apply: (deliveries: readonly Delivery[]) => Promise<Outcome[]>;
  readonly fail: (failures: readonly FailedDelivery[]) => Promise<Outcome[]>;
}

/**
 * Brings a batch of an ordered subscription to its end. Messages that failed before the transaction (in an external
 * call, or because nobody can read them) take their turn between those before them and those behind them.
 */
export async function applyInOrder(
  items: readonly Submitted[],
  gates: OrderGates,
  { apply, fail }: BatchSteps,
): Promise<Outcome[]> {
  gates.beginBatch();
  const outcomes = new Array<Outcome>(items.length);
  const ahead: number[] = [];
  const failed: number[] = [];
  const behind: number[] = [];
  const barred = new Set<string>();
  for (const [index, item] of items.entries()) {
    const lane = gates.positionOf(item.record)?.lane;
    if (hasFailed(item)) {
      failed.push(index);
      if (lane !== undefined) barred.add(lane);
    } else if (lane !== undefined && barred.has(lane)) behind.push(index);
    else ahead.push(index);
  }
  const settle = async <T extends Submitted>(
    indexes: readonly number[],
    how: (some: readonly T[]) => Promise<Outcome[]>,
  ): Promise<void> => {
    const settled = await how(indexes.map((index) => items[index] as T));
    for (const [i, index] of indexes.entries()) outcomes[index] = settled[i]!;
  };
  await settle<Delivery>(ahead, apply);
  await settle<FailedDelivery>(failed, fail);
  await settle<Delivery>(behind, apply);
  return outcomes;
}

/**
 * Closes the gates of messages that have failed. A message that waits for a provider closes none, because nothing has
 * become of it yet: those behind it are held and fetched again together with it.
 */
export async function failInOrder(
  failures: readonly FailedDelivery[],
  gates: OrderGates,
): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(failures.length);
  const final: number[] = [];
  for (const [index, { record, error }] of failures.entries()) {
    const position = gates.positionOf(record);
    if (position && !waits(error)) final.push(index);
    else {
      outcomes[index] = { kind: 'failed', error };
      if (position) gates.hold(position);
    }
  }
  if (final.length === 0) return outcomes;
  const blocked = await gates.block(final.map((index) => failures[index]!));
  for (const [i, index] of final.entries()) outcomes[index] = blocked[i]!;
  return outcomes;
}
