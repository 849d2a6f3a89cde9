import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Options } from './options.js';
import type { SeedResult } from './run-seeds.js';

const quietEvery = 500;
// A world lives for milliseconds: with room for several of them, most of the memory is never copied.
const execArgv = [
  '--enable-source-maps',
  '--single-threaded-gc',
  '--min-semi-space-size=32',
  '--max-semi-space-size=64',
];

/** Shares the seeds out over processes and shows how far they are; returns the exit code. */
export async function simulateInWorkers(options: Options): Promise<number> {
  const { seeds, from, workers } = options;
  let done = 0;
  const broken: SeedResult[] = [];
  const children: ChildProcess[] = [];
  const listen = (result: SeedResult): void => {
    done++;
    show(done, seeds);
    if (result.violation === undefined) return;
    broken.push(result);
    for (const child of children) child.kill();
  };
  for (let i = 0; i < workers; i++) {
    children.push(startWorker(options, { seeds: seeds - i, from: from + i, step: workers }, listen));
  }
  const exits = await Promise.all(children.map((child) => once(child, 'exit')));
  if (process.stdout.isTTY) process.stdout.write('\n');
  const [first] = broken.sort((a, b) => a.seed - b.seed);
  if (first) return report(options, first);
  if (exits.some(([code]) => code !== 0)) return 2;
  console.log(`${seeds} seeds from ${from}: every promise was kept`);
  return 0;
}

function startWorker(
  { mutation, digest, trace }: Options,
  share: { seeds: number; from: number; step: number },
  listen: (result: SeedResult) => void,
): ChildProcess {
  const args = [
    '--worker',
    ...Object.entries(share).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ];
  if (mutation !== undefined) args.push('--mutate', mutation);
  if (digest) args.push('--digest');
  if (trace) args.push('--trace');
  return fork(new URL('./main.js', import.meta.url), args, { execArgv }).on('message', listen);
}

/** Runs the seed once more, this time writing down what happens: nothing has to be kept while all goes well. */
async function report(options: Options, { seed, violation }: SeedResult): Promise<number> {
  let again: string | undefined;
  const child = startWorker({ ...options, trace: true }, { seeds: 1, from: seed, step: 1 }, (result) => {
    again = result.violation;
  });
  await once(child, 'exit');
  console.error(`\nseed ${seed}: ${violation}`);
  if (again !== violation) console.error(`A second run ended otherwise, a fault of the simulator: ${again}`);
  const mutate = options.mutation === undefined ? '' : ` --mutate '${options.mutation}'`;
  console.error(`Reproduce: npm run simulate -- --from ${seed} --seeds 1${mutate}`);
  return 1;
}

function show(done: number, seeds: number): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${done} of ${seeds} seeds`);
  else if (done % quietEvery === 0) console.log(`${done} of ${seeds} seeds`);
}
