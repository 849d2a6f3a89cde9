import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, BenchServers } from './bench-servers.js';
import { cpuShares, type ProfileWindow, profileClockUs } from './cpu-shares.js';
import { Pgbench } from './pgbench.js';
import { median, percentile, printTable, ratio, whole } from './report.js';
import { driveTransfers, type TransferLoad } from './transfer-load.js';
import { TransferWorld } from './transfer-world.js';

const pgbenchSeconds = 3;
const partsShown = 14;

interface Measured {
  readonly acceptedPerSecond: number;
  readonly settledPerSecond: number;
  readonly latenciesMs: readonly number[];
  readonly failures: number;
  /** CPU microseconds a settled transfer, by process. */
  readonly cpu: Readonly<Record<string, number>>;
  readonly pgbenchPerSecond: number;
  readonly window: ProfileWindow;
}

interface Series {
  readonly label: string;
  readonly load: (settledPerSecond: number) => Omit<TransferLoad, 'seconds'>;
  readonly rounds: Measured[];
}

/** Settled transfers through REST and Kafka, every process on this machine, beside pgbench on the same server. */
export async function benchTransfers(servers: BenchServers, options: BenchOptions): Promise<void> {
  const folder = options.profile ? mkdtempSync(join(tmpdir(), 'florin-profiles-')) : undefined;
  const profiled = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
  const world = await TransferWorld.create(servers, folder === undefined ? [] : profiled);
  let series: Series[];
  try {
    const pgbench = await Pgbench.create(servers.postgresUrl);
    series = await measureAll(world, pgbench, options);
  } finally {
    // A profile is written when its process ends.
    await world.close();
  }
  report(series);
  if (folder === undefined) return;
  reportShares(folder, series.find(({ label }) => label === saturated(options))!);
  rmSync(folder, { recursive: true });
}

const saturated = ({ concurrency }: BenchOptions): string => `${Math.max(...concurrency)} waiting`;

function seriesOf(options: BenchOptions): Series[] {
  const { concurrency } = options;
  const most = Math.max(...concurrency);
  const uniform = { pattern: 'uniform', waits: true } as const;
  const at = (label: string, load: Omit<TransferLoad, 'seconds'>): Series => ({
    label,
    load: () => load,
    rounds: [],
  });
  return [
    ...concurrency
      .filter((calls) => calls !== most)
      .map((calls) => at(`${calls} waiting`, { ...uniform, concurrency: calls })),
    at(saturated(options), { ...uniform, concurrency: most }),
    at(`${most} waiting, hot source`, { pattern: 'hot source', waits: true, concurrency: most }),
    at(`${most} waiting, hot destination`, { pattern: 'hot destination', waits: true, concurrency: most }),
    at(`${most} not waiting`, { ...uniform, waits: false, concurrency: most }),
    {
      label: 'half of the load',
      load: (settledPerSecond) => ({ ...uniform, concurrency: 512, perSecond: settledPerSecond / 2 }),
      rounds: [],
    },
  ];
}

async function measureAll(world: TransferWorld, pgbench: Pgbench, options: BenchOptions): Promise<Series[]> {
  const all = seriesOf(options);
  // The compilers of Node.js and of Kafka's JVM take a quarter of the processors in the first minute.
  console.error(`Warming up for ${options.warmUpSeconds} s`);
  const warm = { pattern: 'uniform', waits: true, concurrency: Math.max(...options.concurrency) } as const;
  await measure(world, undefined, { ...warm, seconds: options.warmUpSeconds });
  for (let round = 0; round < options.rounds; round++) {
    for (const series of all) {
      console.error(`Round ${round + 1}: ${series.label}`);
      const reached = all.find(({ label }) => label === saturated(options))!.rounds.at(-1);
      const load = { ...series.load(reached?.settledPerSecond ?? 0), seconds: options.seconds };
      series.rounds.push(await measure(world, pgbench, load));
    }
  }
  return all;
}

async function measure(
  world: TransferWorld,
  pgbench: Pgbench | undefined,
  load: TransferLoad,
): Promise<Measured> {
  const completedBefore = await world.settled();
  await world.atRest();
  const before = await world.cpu();
  const fromUs = profileClockUs();
  const answers = await driveTransfers(world.edgeUrl, world.accounts, load);
  const settled = (await world.settled()) - completedBefore;
  const toUs = profileClockUs();
  await world.atRest();
  const after = await world.cpu();
  if (settled !== answers.accepted) {
    throw new Error(`${answers.accepted} transfers were accepted, ${settled} were settled`);
  }
  await world.checkConservation();
  const cpu = Object.entries(after).map(([name, ms]) => [name, ((ms - before[name]!) * 1_000) / settled]);
  return {
    acceptedPerSecond: answers.accepted / answers.seconds,
    settledPerSecond: load.waits ? answers.settled / answers.seconds : (settled * 1e6) / (toUs - fromUs),
    latenciesMs: answers.latenciesMs,
    failures: answers.failures,
    cpu: Object.fromEntries(cpu) as Record<string, number>,
    pgbenchPerSecond: pgbench ? await pgbench.transfersPerSecond(pgbenchSeconds) : Number.NaN,
    window: { fromUs, toUs },
  };
}

function report(all: readonly Series[]): void {
  // The hot loads are those of the highest number of calls.
  const uniform = all.filter(({ label }) => /^\d+ waiting$/.test(label)).at(-1);
  const middle = ({ rounds }: Series, of: (one: Measured, round: number) => number): number =>
    median(rounds.map(of));
  printTable(
    'Transfers over REST and Kafka (PostgreSQL durable: fsync=on, synchronous_commit=on)',
    ['calls', 'accepted/s', 'settled/s', 'pgbench/s', 'ratio', 'p50 ms', 'p99 ms', 'refused'],
    all.map((series) => {
      const latencies = series.rounds.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b);
      const waited = (share: number): string =>
        latencies.length === 0 ? '' : whole(percentile(latencies, share));
      return [
        series.label,
        whole(middle(series, (one) => one.acceptedPerSecond)),
        whole(middle(series, (one) => one.settledPerSecond)),
        whole(middle(series, (one) => one.pgbenchPerSecond)),
        ratio(middle(series, (one) => one.settledPerSecond / one.pgbenchPerSecond)),
        waited(0.5),
        waited(0.99),
        series.rounds.reduce((sum, { failures }) => sum + failures, 0),
      ];
    }),
  );
  for (const hot of uniform ? all.filter(({ label }) => label.includes('hot')) : []) {
    const share = middle(hot, (one, i) => one.settledPerSecond / uniform!.rounds[i]!.settledPerSecond);
    console.log(`${hot.label}: ${ratio(share)} of uniform.`);
  }
  reportCpu(all);
  console.log(
    '\nConservation: after each load all money was in the wallets, and clients were shown as much.',
  );
}

function reportCpu(all: readonly Series[]): void {
  const names = Object.keys(all[0]!.rounds[0]!.cpu);
  const node = names.filter((name) =>
    ['edge', 'application', 'wallet', 'transaction', 'notification'].includes(name),
  );
  const others = names.filter((name) => !node.includes(name));
  printTable(
    'CPU µs a settled transfer',
    ['calls', ...node, 'all services', ...others],
    all.map(({ label, rounds }) => {
      const of = (name: string): number => median(rounds.map(({ cpu }) => cpu[name]!));
      const sum = median(rounds.map(({ cpu }) => node.reduce((total, name) => total + cpu[name]!, 0)));
      return [
        label,
        ...node.map((name) => whole(of(name))),
        whole(sum),
        ...others.map((name) => whole(of(name))),
      ];
    }),
  );
}

function reportShares(folder: string, { rounds }: Series): void {
  const { window, cpu } = rounds.at(-1)!;
  for (const { script, parts } of cpuShares(folder, window)) {
    const name = /services\/(\w+)\//.exec(script)?.[1];
    if (name === undefined || cpu[name] === undefined) continue;
    printTable(
      `Where the ${whole(cpu[name])} µs of ${name} go`,
      ['part', 'CPU µs a transfer', '%'],
      parts
        .slice(0, partsShown)
        .map((part) => [part.name, (part.share * cpu[name]!).toFixed(1), (part.share * 100).toFixed(1)]),
    );
  }
}
