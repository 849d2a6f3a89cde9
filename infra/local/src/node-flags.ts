import type { ProcessName } from './service-names.js';

/**
 * How Node.js runs a program; the Dockerfiles say the same.
 *
 * A batch makes some ten megabytes of garbage. With room for several batches the young generation is collected less often, and
 * less of it has to be copied: 10 to 15 % of the CPU time of a service. At the edge each collection copies what the calls that wait
 * hold, however seldom it comes: twice the room takes another tenth off.
 *
 * A full collection moves all that is alive into the old generation, and V8 starts the next one when that has grown by a few
 * megabytes: with 30 MB alive one such batch was enough, and a service that had begun with it collected everything five to seven
 * times in five seconds for minutes, at twice its CPU time (decision 0066). Below the initial size of the old generation it leaves that be,
 * and never takes more than half of the largest as the initial one. By itself it takes half of a container's memory as the largest.
 */
export function nodeFlags(name: ProcessName): string[] {
  const stackTraces = '--enable-source-maps';
  // What the sandbox makes lives long, or is little.
  if (name === 'sandbox') return [stackTraces];
  const youngMiB = name === 'edge' ? 64 : 32;
  return [
    stackTraces,
    `--max-semi-space-size=${youngMiB}`,
    `--initial-old-space-size=${5 * youngMiB}`,
    `--max-old-space-size=${10 * youngMiB}`,
  ];
}
