import { createHash } from 'node:crypto';
import { createCodec } from './messages.js';
import type { Options } from './options.js';
import { acceptChangedStatements } from './statements.js';
import { World } from './world.js';

const shownEvents = 80;

/** What a worker tells its parent: a seed is done, or has broken a promise. */
export interface SeedResult {
  readonly seed: number;
  readonly violation: string | undefined;
}

/** Runs the seeds of one worker until a promise is broken; returns the exit code. */
export async function runSeeds(options: Options): Promise<number> {
  const { seeds, from, step, digest, trace } = options;
  if (options.mutation !== undefined) acceptChangedStatements();
  const codec = await createCodec();
  let violation: string | undefined;
  for (let i = 0; i < seeds && violation === undefined; i += step) {
    const seed = from + i;
    const world = new World(seed, codec, digest || trace);
    violation = await world.run();
    if (digest) console.log(`seed ${seed}: ${digestOf(world)}`);
    if (trace) console.error(lastEventsOf(world));
    const result: SeedResult = { seed, violation };
    await new Promise<void>((resolve) => {
      if (process.send) process.send(result, () => resolve());
      else resolve();
    });
  }
  process.disconnect?.();
  return violation === undefined ? 0 : 1;
}

function lastEventsOf({ oracle }: World): string {
  return oracle.traced
    .slice(-shownEvents)
    .map(({ timeMs, event }) => `${timeMs.toFixed(2).padStart(10)} ms  ${event.join(' ')}`)
    .join('\n');
}

function digestOf(world: World): string {
  const hash = createHash('sha256');
  for (const { timeMs, event } of world.oracle.traced) hash.update(`${timeMs} ${event.join(' ')}\n`);
  return hash.digest('hex').slice(0, 16);
}
