import { createCodec } from './messages.js';
import { World } from './world.js';

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly step: number;
}

export async function runCommandLine(args: readonly string[]): Promise<number> {
  const number = (name: string, otherwise: number): number => {
    const at = args.indexOf(`--${name}`);
    return at === -1 ? otherwise : Number(args[at + 1]);
  };
  const options: Options = {
    seeds: number('seeds', 1_000),
    from: number('from', 1),
    step: number('step', 1),
  };
  const codec = await createCodec();
  const started = process.hrtime.bigint();
  let events = 0;
  for (let i = 0; i < options.seeds; i += options.step) {
    const seed = options.from + i;
    const world = new World(seed, codec, args.includes('--trace'));
    const violation = await world.run();
    events += world.scheduler.events;
    if (violation !== undefined) {
      console.error(`seed ${seed}: ${violation}`);
      for (const { timeMs, event } of world.oracle.traced)
        console.error(timeMs.toFixed(2).padStart(10), event.join(' '));
      return 1;
    }
  }
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  console.log(`${options.seeds} seeds, ${events} events, ${Math.round(ms)} ms`);
  return 0;
}
