import type { Delivery } from './delivery.js';
import type { Handler } from './handler.js';
import type { UnitOfWork } from './unit-of-work.js';

type Prepare = NonNullable<Handler['prepare']>;

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
  const shares = new Map<Prepare, Set<Wave>>();
  for (const wave of waves) {
    for (const { prepare } of wave.members.map(({ handler }) => handler)) {
      if (!prepare) continue;
      const share = shares.get(prepare);
      if (share) share.add(wave);
      else shares.set(prepare, new Set([wave]));
    }
  }
  for (const [prepare, share] of shares) {
    if (share.size === 1) continue;
    const members = [...share].flatMap((wave) => wave.members);
    const own = members.filter(({ handler }) => handler.prepare === prepare);
    await prepare(
      unit,
      own.map(({ received }) => received),
    );
  }
}
