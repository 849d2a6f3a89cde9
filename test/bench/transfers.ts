import http from 'node:http';
import {
  databaseUrl,
  migrateDatabases,
  type Platform as Processes,
  seed,
  serviceDatabaseUrls,
  startPlatform,
} from '@florin/local';
import { deposit, openWallet, type Wallet, walletOf } from '../story/money.js';
import { type SignedIn, signUp } from '../story/people.js';
import type { Platform } from '../story/platform.js';
import type { BenchOptions, BenchServers } from './bench-servers.js';
import { Pgbench } from './pgbench.js';
import { cpuMs } from './process-cpu.js';
import { median, percentile, printTable, ratio, whole } from './report.js';

const services = ['edge', 'application', 'wallet', 'transaction', 'notification'] as const;
const people = 24;
const funds = 1_000_000_000;

interface Account {
  readonly owner: SignedIn;
  readonly wallet: Wallet;
}

interface Load {
  readonly settledPerSecond: number;
  readonly latenciesMs: readonly number[];
  readonly failures: number;
  /** CPU microseconds a settled transfer, by process. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** Settled transfers through REST and Kafka, every process on this machine, beside pgbench on the same server. */
export async function benchTransfers(servers: BenchServers, options: BenchOptions): Promise<void> {
  const databaseUrls = Object.fromEntries(
    services.map((name) => [name, databaseUrl(servers.postgresUrl, name)]),
  ) as Record<(typeof services)[number], string>;
  await migrateDatabases(databaseUrls);
  const processes = await startPlatform({
    servers,
    databaseUrls: serviceDatabaseUrls(databaseUrls),
    logFolder: servers.logFolder,
    env: { LOG_LEVEL: 'warn' },
  });
  try {
    const platform = { ...processes, adminKey: 'flk_local_admin' };
    await seed({ edgeUrl: platform.edgeUrl, apiKey: platform.adminKey });
    const accounts = await fundedAccounts(platform);
    await load(processes, accounts, 64, options.seconds, false);
    const pgbench = await Pgbench.create(servers.postgresUrl);
    await measure(processes, accounts, pgbench, options);
    await checkConservation(accounts);
  } finally {
    await processes.stop();
  }
}

async function fundedAccounts(platform: Platform): Promise<Account[]> {
  const accounts: Account[] = [];
  for (let i = 0; i < people; i++) {
    const owner = await signUp(platform, `Bench Person ${String.fromCharCode(65 + i)}`);
    const wallet = await openWallet(owner);
    await deposit(owner, wallet, funds);
    accounts.push({ owner, wallet });
  }
  return accounts;
}

async function measure(
  processes: Processes,
  accounts: readonly Account[],
  pgbench: Pgbench,
  options: BenchOptions,
): Promise<void> {
  const rows: (string | number)[][] = [];
  const cpuRows: (string | number)[][] = [];
  for (const concurrency of options.concurrency) {
    for (const hot of concurrency === Math.max(...options.concurrency) ? [false, true] : [false]) {
      const loads: Load[] = [];
      const ratios: number[] = [];
      for (let round = 0; round < options.rounds; round++) {
        const measured = await load(processes, accounts, concurrency, options.seconds, hot);
        loads.push(measured);
        ratios.push(measured.settledPerSecond / (await pgbench.transfersPerSecond(options.seconds)));
      }
      const latencies = loads.flatMap((one) => one.latenciesMs).sort((a, b) => a - b);
      const label = `${concurrency}${hot ? ', one hot wallet' : ''}`;
      rows.push([
        label,
        whole(median(loads.map((one) => one.settledPerSecond))),
        ratio(median(ratios)),
        whole(percentile(latencies, 0.5)),
        whole(percentile(latencies, 0.99)),
        loads.reduce((sum, one) => sum + one.failures, 0),
      ]);
      const names = Object.keys(loads[0]!.cpu);
      cpuRows.push([label, ...names.map((name) => whole(median(loads.map((one) => one.cpu[name]!))))]);
      if (cpuRows.length === 1) cpuRows.unshift(['calls at once', ...names]);
    }
  }
  printTable(
    'Transfers over REST and Kafka (PostgreSQL durable: fsync=on, synchronous_commit=on)',
    ['waiting calls at once', 'settled/s', 'ratio to pgbench', 'p50 ms', 'p99 ms', 'not settled'],
    rows,
  );
  printTable('CPU µs a settled transfer', cpuRows[0] as string[], cpuRows.slice(1));
}

async function load(
  processes: Processes,
  accounts: readonly Account[],
  concurrency: number,
  seconds: number,
  hot: boolean,
): Promise<Load> {
  const pids = Object.fromEntries(services.map((name) => [name, processes.process(name).pid]));
  const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
  const latenciesMs: number[] = [];
  let failures = 0;
  let sent = 0;
  const before = cpuMs({ ...pids, load: process.pid });
  const startedAt = performance.now();
  const caller = async (): Promise<void> => {
    while (performance.now() - startedAt < seconds * 1_000) {
      const i = sent++;
      const from = accounts[hot ? 0 : i % people]!;
      const to =
        accounts[hot ? 1 + (i % (people - 1)) : (i + 1 + (Math.floor(i / people) % (people - 1))) % people]!;
      const sentAt = performance.now();
      if (await settles(agent, processes.edgeUrl, from, to)) latenciesMs.push(performance.now() - sentAt);
      else failures++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const tookSeconds = (performance.now() - startedAt) / 1_000;
  const after = cpuMs({ ...pids, load: process.pid });
  agent.destroy();
  const cpu = Object.entries(after).map(([name, ms]) => [
    name,
    ((ms - before[name]!) * 1_000) / Math.max(1, latenciesMs.length),
  ]);
  return {
    settledPerSecond: latenciesMs.length / tookSeconds,
    latenciesMs,
    failures,
    cpu: Object.fromEntries(cpu) as Record<string, number>,
  };
}

let keys = 0;

/** One waiting call. Plain node:http, because the load generator shares the machine with what it measures. */
function settles(agent: http.Agent, edgeUrl: string, from: Account, to: Account): Promise<boolean> {
  const body = JSON.stringify({
    type: 'transfer',
    sourceWalletId: from.wallet.id,
    destinationWalletId: to.wallet.id,
    amount: 1,
    currency: 'USD',
  });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `Bearer ${from.owner.token}`,
    'idempotency-key': `bench-${process.pid}-${keys++}`,
    prefer: 'wait=20',
  };
  return new Promise((resolve, reject) => {
    const request = http.request(
      `${edgeUrl}/v1/transactions`,
      { method: 'POST', agent, headers },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve(answer.statusCode === 201 && text.includes('"completed"')));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** After all that, the money is still the same. */
async function checkConservation(accounts: readonly Account[]): Promise<void> {
  const wallets = await Promise.all(accounts.map(({ owner, wallet }) => walletOf(owner, wallet.id)));
  const total = wallets.reduce((sum, wallet) => sum + wallet.balances.posted, 0);
  if (total !== people * funds) throw new Error(`${total} in all wallets, ${people * funds} were deposited`);
  console.log(`\nConservation: ${whole(total)} minor units deposited, as many in the wallets.`);
}
