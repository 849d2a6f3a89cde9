import type { FailedDelivery, FetchedRecord, Outcome } from './delivery.js';
import type { Gate } from './gate-table.js';
import { isSamePlace, type OrderPosition } from './order-position.js';
import type { ToPark } from './parked-table.js';

export interface Standing extends FailedDelivery {
  readonly position: OrderPosition;
  /** Its place in the batch. */
  readonly index: number;
  /** Nothing is decided: its key waits, or its id has been applied meanwhile, and that is for the inbox to say. */
  readonly isUndecided: boolean;
}

export interface Judgement {
  /** Go to a retry or dead-letter topic. */
  readonly routed: readonly ToPark[];
  /** Those of the routed that later messages of their keys have to wait for. */
  readonly blockers: readonly OrderPosition[];
  /** Wait behind others that have failed. */
  readonly behind: readonly ToPark[];
  /** One for each, without those that are behind. */
  readonly outcomes: (Outcome | undefined)[];
}

/** Goes through failed messages in order: one that has become a blocker stops those of its key behind it. */
export function judgeFailures(
  standing: readonly Standing[],
  gates: Map<string, Gate>,
  rules: {
    readonly isOpen: (record: FetchedRecord, position: OrderPosition, gate: Gate | undefined) => boolean;
    readonly orderedTopics: ReadonlySet<string>;
    readonly heldShortly: Outcome;
  },
): Judgement {
  const outcomes = new Array<Outcome | undefined>(standing.length).fill(undefined);
  const behind: ToPark[] = [];
  const routed: ToPark[] = [];
  const blockers: OrderPosition[] = [];
  for (const { record, error, position, index, isUndecided } of standing) {
    const gate = gates.get(position.lane);
    if (isUndecided) outcomes[index] = rules.heldShortly;
    else if (!rules.isOpen(record, position, gate)) behind.push({ record, position, index });
    else {
      outcomes[index] = { kind: 'failed', error };
      routed.push({ record, position, index });
      const isOrdered = rules.orderedTopics.has(position.topic);
      // What was parked had passed a gate that was being released: now that gate waits for this one.
      const isBlocker = isOrdered && gate && (record.wasParked || isSamePlace(position, gate));
      if (!isBlocker) continue;
      gates.set(position.lane, { ...gate, ...position, state: 'blocked' });
      blockers.push(position);
    }
  }
  return { routed, blockers, behind, outcomes };
}

export function messageIdOf({ received }: FailedDelivery): string | undefined {
  return received?.value.meta.messageId;
}

export function firstOfEachLane(standing: readonly Standing[]): OrderPosition[] {
  const first = new Map<string, OrderPosition>();
  for (const { position } of standing) if (!first.has(position.lane)) first.set(position.lane, position);
  return [...first.values()];
}
