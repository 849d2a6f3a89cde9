import type { Delivery } from './delivery.js';
import type { Handler } from './handler.js';
import type { UnitOfWork } from './unit-of-work.js';

export interface Wave {
  readonly handler: Handler;
  readonly members: readonly Delivery[];
}

/**
 * Groups deliveries by handler (message types that are handled together are one) so that each handler sees as large a batch as the order of every key allows. A key
 * whose messages change type moves on to a later wave: OpenWallet, PostTransfer of one wallet are never swapped.
 */
export function inWaves(deliveries: readonly Delivery[]): Wave[] {
  const position = new Map<string, { wave: number; apply: Handler['apply'] }>();
  const waves: Map<Handler['apply'], Delivery[]>[] = [];
  for (const delivery of deliveries) {
    const { apply } = delivery.handler;
    const last = position.get(delivery.received.key);
    const wave = last === undefined ? 0 : last.apply === apply ? last.wave : last.wave + 1;
    position.set(delivery.received.key, { wave, apply });
    waves[wave] ??= new Map();
    const byHandler = waves[wave];
    const members = byHandler.get(apply);
    if (members) members.push(delivery);
    else byHandler.set(apply, [delivery]);
  }
  return waves.flatMap((wave) =>
    [...wave.values()].map((members) => ({ handler: members[0]!.handler, members })),
  );
}

/** Lets handlers take the locks of all their waves before the first one: a wave by itself could only lock its own. */
export async function prepareWaves(unit: UnitOfWork, waves: readonly Wave[]): Promise<void> {
  if (waves.length < 2) return;
  const handlers = waves.flatMap(({ members }) => members.map(({ handler }) => handler));
  for (const prepare of new Set(handlers.flatMap((handler) => handler.prepare ?? []))) {
    const shares = waves
      .map(({ members }) => members.filter(({ handler }) => handler.prepare === prepare))
      .filter((members) => members.length > 0);
    if (shares.length === 1) continue;
    await prepare(
      unit,
      shares.flat().map(({ received }) => received),
    );
  }
}
