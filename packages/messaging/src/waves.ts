import type { Delivery } from './delivery.js';
import type { Handler } from './handler.js';

export interface Wave {
  readonly handler: Handler;
  readonly members: readonly Delivery[];
}

/**
 * Groups deliveries by handler so that each handler sees as large a batch as the order of every key allows. A key
 * whose messages change type moves on to a later wave: OpenWallet, PostTransfer of one wallet are never swapped.
 */
export function inWaves(deliveries: readonly Delivery[]): Wave[] {
  const position = new Map<string, { wave: number; handler: Handler }>();
  const waves: Map<Handler, Delivery[]>[] = [];
  for (const delivery of deliveries) {
    const { handler } = delivery;
    const last = position.get(delivery.received.key);
    const wave = last === undefined ? 0 : last.handler === handler ? last.wave : last.wave + 1;
    position.set(delivery.received.key, { wave, handler });
    waves[wave] ??= new Map();
    const byHandler = waves[wave];
    const members = byHandler.get(handler);
    if (members) members.push(delivery);
    else byHandler.set(handler, [delivery]);
  }
  return waves.flatMap((wave) => [...wave].map(([handler, members]) => ({ handler, members })));
}
