import { createHash } from 'node:crypto';
import { createCodec } from './messages.js';
import type { Options } from './options.js';
import { acceptChangedStatements } from './statements.js';
import { World } from './world.js';

const shownEvents = 80;
/** Message ids, and positions of records like `wallet.commands/1/7`. */
const concerned = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z.0-9]+\/\d+\/\d+/g;

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
    if (trace) console.error(historyOf(world, Number.POSITIVE_INFINITY));
    const result: SeedResult = { seed, violation };
    await new Promise<void>((resolve) => {
      if (process.send) process.send(result, () => resolve());
      else resolve();
    });
  }
  process.removeAllListeners('disconnect');
  process.disconnect?.();
  return violation === undefined ? 0 : 1;
}

/** What happened last, and before that all that ever happened to the messages, keys and records of the violation. */
function historyOf({ oracle }: World, shown = shownEvents): string {
  const lines = oracle.traced.map(
    ({ timeMs, event }) => `${timeMs.toFixed(2).padStart(10)} ms  ${event.join(' ')}`,
  );
  const names = (oracle.violation ?? '').match(concerned) ?? [];
  const history = lines.filter((line) => names.some((name) => line.includes(name)));
  const parts =
    history.length > 0 ? [`All about ${names.join(', ')}:`, ...history, 'What happened last:'] : [];
  return [...parts, ...lines.slice(-shown)].join('\n');
}

function digestOf(world: World): string {
  const hash = createHash('sha256');
  for (const { timeMs, event } of world.oracle.traced) hash.update(`${timeMs} ${event.join(' ')}\n`);
  return hash.digest('hex').slice(0, 16);
}
