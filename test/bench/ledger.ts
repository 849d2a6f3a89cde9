import type { BenchOptions, BenchServers } from './bench-servers.js';
import { type CommandRecord, LedgerWorld } from './ledger-world.js';
import { Pgbench } from './pgbench.js';
import { PostgresMeter } from './postgres-meter.js';
import { median, percentile, printTable, ratio, whole } from './report.js';

const batchSize = 500;
const smallLedger = 1_000;
/** Of `npm start`. */
const partitions = 3;
/** Made for each partition before the clock runs. */
const batchesAtOnce = 16;

interface Load {
  readonly perSecond: number;
  readonly batchMs: readonly number[];
  readonly walBytes: number;
  readonly postgresUs: number;
  readonly nodeUs: number;
}

interface Shape {
  readonly what: string;
  readonly world: LedgerWorld;
  readonly isHot: boolean;
  /** Of unmeasured posting. */
  readonly warmUpSeconds: number;
}

/** Posting of the wallet service beside pgbench doing the same transfer one at a time, on the same server. */
export async function benchLedger(servers: BenchServers, options: BenchOptions): Promise<void> {
  const pgbench = await Pgbench.create(servers.postgresUrl);
  const meter = await PostgresMeter.connect(servers.postgresUrl);
  const small = await LedgerWorld.create(servers, 'small', smallLedger);
  const shapes: Shape[] = [
    { what: `${whole(smallLedger)} wallets, uniform`, world: small, isHot: false, warmUpSeconds: 1 },
    { what: 'one hot wallet in every transfer', world: small, isHot: true, warmUpSeconds: 1 },
  ];
  if (options.wallets > 0) {
    console.error(`Opening ${whole(options.wallets)} wallets`);
    const world = await LedgerWorld.create(servers, 'large', options.wallets);
    const { warmUpSeconds } = options;
    shapes.push({ what: `${whole(options.wallets)} wallets, uniform`, world, isHot: false, warmUpSeconds });
  }
  try {
    await report(shapes, pgbench, meter, options);
    for (const world of new Set(shapes.map((shape) => shape.world))) {
      const { posted, isBalanced } = await world.check();
      if (!isBalanced) throw new Error('the books do not balance');
      console.log(`Audited: ${whole(posted)} transfers, all books balance.`);
    }
  } finally {
    await meter.close();
    for (const world of new Set(shapes.map((shape) => shape.world))) await world.close();
  }
}

async function report(
  shapes: readonly Shape[],
  pgbench: Pgbench,
  meter: PostgresMeter,
  { seconds, rounds }: BenchOptions,
): Promise<void> {
  const loads = new Map<Shape, Load[]>(shapes.map((shape) => [shape, []]));
  const beside = { uniform: [] as number[], hot: [] as number[], walBytes: [] as number[] };
  await meter.checkpoint();
  // The first round is for the compiler and the caches. No further checkpoint is forced: behind one, every page that is
  // touched for the first time is logged whole. A busy server sees that for some seconds of the minutes between two of
  // them; a large ledger needs as long until most of its pages have been touched, and a small one no time at all.
  for (let round = 0; round <= rounds; round++) {
    for (const shape of shapes) {
      const load = await post(shape, meter, round === 0 ? shape.warmUpSeconds : seconds);
      if (round > 0) loads.get(shape)!.push(load);
    }
    if (round === 0) continue;
    const before = await meter.read();
    beside.uniform.push(await pgbench.transfersPerSecond(seconds));
    beside.walBytes.push((await meter.read()).walBytes - before.walBytes);
    beside.hot.push(await pgbench.transfersPerSecond(seconds, true));
  }
  const uniform = loads.get(shapes[0]!)!;
  const rows = shapes.map((shape) => {
    const own = loads.get(shape)!;
    const raw = shape.isHot ? beside.hot : beside.uniform;
    const of = (read: (load: Load) => number) => median(own.map(read));
    const batchMs = own.flatMap((load) => load.batchMs).sort((a, b) => a - b);
    return [
      shape.what,
      whole(of((load) => load.perSecond)),
      whole(median(raw)),
      ratio(median(own.map((load, i) => load.perSecond / raw[i]!))),
      ratio(median(own.map((load, i) => load.perSecond / uniform[i]!.perSecond))),
      `${whole(percentile(batchMs, 0.5))} / ${whole(percentile(batchMs, 0.99))}`,
      whole(of((load) => load.walBytes)),
      `${whole(of((load) => load.nodeUs))} + ${whole(of((load) => load.postgresUs))}`,
    ];
  });
  printTable(
    `Ledger: batches of ${batchSize} with inbox and outbox, one instance; ${await meter.durability()}`,
    [
      'wallets',
      'transfers/s',
      'pgbench -c16 -M prepared, same rows',
      'ratio',
      'to uniform',
      'batch p50 / p99 ms',
      'WAL bytes a transfer',
      'CPU µs a transfer, Node + PostgreSQL',
    ],
    rows,
  );
  const walBytes = median(beside.walBytes.map((bytes, i) => bytes / (beside.uniform[i]! * seconds)));
  console.log(`pgbench writes ${whole(walBytes)} bytes of WAL a transfer, without inbox and outbox.`);
}

async function post({ world, isHot }: Shape, meter: PostgresMeter, seconds: number): Promise<Load> {
  const batchMs: number[] = [];
  let busyMs = 0;
  let transfers = 0;
  let nodeUs = 0;
  // The outbox is empty between two fetches in production, because the relay deletes what it has published.
  await world.database.pool.query('DELETE FROM outbox');
  const before = await meter.read();
  while (busyMs < seconds * 1_000) {
    const queues = Array.from({ length: partitions }, () =>
      Array.from({ length: batchesAtOnce }, () => commands(world, isHot)),
    );
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    batchMs.push(...(await Promise.all(queues.map((batches) => postAll(world, batches)))).flat());
    const { user, system } = process.cpuUsage(cpu);
    nodeUs += user + system;
    busyMs += performance.now() - startedAt;
    transfers += partitions * batchesAtOnce * batchSize;
  }
  const after = await meter.read();
  return {
    perSecond: transfers / (busyMs / 1_000),
    batchMs,
    walBytes: (after.walBytes - before.walBytes) / transfers,
    postgresUs: (after.cpuUs - before.cpuUs) / transfers,
    nodeUs: nodeUs / transfers,
  };
}

/**
 * What a consumer does with the records of one partition, one batch after the other.
 * @returns how long each batch took from the moment it was decoded until it was committed
 */
async function postAll(
  world: LedgerWorld,
  batches: readonly (readonly CommandRecord[])[],
): Promise<number[]> {
  const batchMs: number[] = [];
  for (const batch of batches) {
    const deliveries = await world.decode(batch);
    const startedAt = performance.now();
    await world.post(deliveries);
    batchMs.push(performance.now() - startedAt);
  }
  return batchMs;
}

function commands(world: LedgerWorld, isHot: boolean): CommandRecord[] {
  const { wallets } = world;
  const any = (): number => Math.floor(Math.random() * wallets.length);
  return Array.from({ length: batchSize }, () => {
    const from = isHot ? 0 : any();
    const to = (from + 1 + Math.floor(Math.random() * (wallets.length - 1))) % wallets.length;
    return world.command(wallets[from]!, wallets[to]!);
  });
}
