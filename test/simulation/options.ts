import { parseArgs } from 'node:util';
import { mutations } from './mutations.js';

export interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  /** A promise to break, to see that it is noticed. */
  readonly mutation: string | undefined;
  /** Print a fingerprint of all that happens in each world. */
  readonly digest: boolean;
  /** Print the last events of each world. */
  readonly trace: boolean;
  /** Set for the processes that do the work: every `step`-th seed is theirs. */
  readonly isWorker: boolean;
  readonly step: number;
}

export class UsageError extends Error {}

const usage = `npm run simulate -- [--seeds N] [--from S] [--workers W] [--mutate NAME] [--trace] [--digest]

Mutations:
${mutations.map(({ name }) => `  ${name}`).join('\n')}`;

export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      workers: { type: 'string', default: '2' },
      step: { type: 'string', default: '1' },
      mutate: { type: 'string' },
      digest: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      worker: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const numbers = [values.seeds, values.from, values.workers, values.step].map(Number);
  const isUnknown = values.mutate !== undefined && !mutations.some(({ name }) => name === values.mutate);
  if (values.help || isUnknown || !numbers.every((number) => Number.isSafeInteger(number) && number > 0)) {
    throw new UsageError(usage);
  }
  const [seeds, from, workers, step] = numbers as [number, number, number, number];
  return {
    seeds,
    from,
    workers: Math.min(workers, seeds),
    step,
    mutation: values.mutate,
    digest: values.digest,
    trace: values.trace,
    isWorker: values.worker,
  };
}
