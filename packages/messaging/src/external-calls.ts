import type { Pool } from '@florin/database';
import { type Delivery, hasFailed, type Submitted } from './delivery.js';
import { performInTime } from './handler-timeout.js';
import { appliedIds } from './inbox.js';
import type { OrderGates } from './order-gates.js';

/** External calls of one partition at the same time. */
const maxConcurrentCalls = 16;

/**
 * Makes the calls of a slice to providers, outside of any transaction; for what the inbox already holds none is made. In
 * ordered subscriptions the calls of one key follow one another, and none follows a message that failed or waits.
 */
export class ExternalCalls {
  constructor(
    private readonly group: string,
    private readonly pool: Pool,
    private readonly gates: OrderGates,
  ) {}

  /** Returns what was thrown, by the delivery whose call threw it. */
  async perform(items: readonly Submitted[]): Promise<ReadonlyMap<Submitted, unknown>> {
    const errors = new Map<Submitted, unknown>();
    const external = items.filter((item): item is Delivery => !hasFailed(item) && !!item.handler.perform);
    if (external.length === 0) return errors;
    const known = await appliedIds(
      this.pool,
      this.group,
      external.map(({ received }) => received.value.meta.messageId),
    );
    const pending = external.filter(({ received }) => !known.has(received.value.meta.messageId));
    const chains = this.gates.isActive ? await this.chain(items, pending) : pending.map((one) => [one]);
    const work = chains.values();
    const worker = async (): Promise<void> => {
      for (const chain of work) await performChain(chain, errors);
    };
    await Promise.all(Array.from({ length: Math.min(maxConcurrentCalls, chains.length) }, worker));
    return errors;
  }

  /** Deliveries of one key make one chain; those that have to wait are left out. */
  private async chain(
    items: readonly Submitted[],
    pending: readonly Delivery[],
  ): Promise<readonly Delivery[][]> {
    const closed = await this.gates.findClosed(pending.map(({ record }) => record));
    const wanted = new Set<Submitted>(pending);
    const barred = new Set<string>();
    const chains = new Map<string | Delivery, Delivery[]>();
    for (const item of items) {
      const lane = this.gates.positionOf(item.record)?.lane;
      if (hasFailed(item)) {
        if (lane !== undefined) barred.add(lane);
      } else if (!wanted.has(item)) continue;
      else if (closed.has(item.record) || (lane !== undefined && barred.has(lane))) item.isUnperformed = true;
      else {
        const chain = chains.get(lane ?? item);
        if (chain) chain.push(item);
        else chains.set(lane ?? item, [item]);
      }
    }
    return [...chains.values()];
  }
}

async function performChain(chain: readonly Delivery[], errors: Map<Submitted, unknown>): Promise<void> {
  let isBroken = false;
  for (const delivery of chain) {
    if (isBroken) {
      delivery.isUnperformed = true;
      continue;
    }
    try {
      delivery.result = await performInTime(delivery.handler, delivery.received);
    } catch (error) {
      errors.set(delivery, error);
      isBroken = true;
    }
  }
}
