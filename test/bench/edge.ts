import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  databaseUrl,
  migrateDatabases,
  type Platform as Processes,
  seed,
  serviceDatabaseUrls,
  serviceNames,
  startPlatform,
} from '@florin/local';
import { deposit, openWallet, type Wallet } from '../story/money.js';
import { type SignedIn, signUp } from '../story/people.js';
import type { BenchOptions, BenchServers } from './bench-servers.js';
import { type Call, type LoadResult, loadOf } from './http-load.js';
import { median, printTable, ratio, whole } from './report.js';

const concurrency = 64;

interface Account {
  readonly owner: SignedIn;
  readonly from: Wallet;
  readonly to: Wallet;
}

interface Measured {
  readonly what: string;
  readonly status: number;
  readonly nextCall: () => Call;
  readonly own: LoadResult[];
  readonly bare: LoadResult[];
}

/** What the edge accepts beside a bare Express 5 handler with the same validation. */
export async function benchEdge(servers: BenchServers, options: BenchOptions): Promise<void> {
  const databaseUrls = Object.fromEntries(
    serviceNames.map((name) => [name, databaseUrl(servers.postgresUrl, name)]),
  ) as Record<(typeof serviceNames)[number], string>;
  await migrateDatabases(databaseUrls);
  const processes = await startPlatform({
    servers,
    databaseUrls: serviceDatabaseUrls(databaseUrls),
    logFolder: servers.logFolder,
  });
  const bare = await BareExpress.start();
  try {
    const platform = { ...processes, adminKey: 'flk_local_admin' };
    await seed({ edgeUrl: platform.edgeUrl, apiKey: platform.adminKey });
    const owner = await signUp(platform, 'Bench Person');
    const [from, to] = [await openWallet(owner), await openWallet(owner)];
    await deposit(owner, from, 1_000_000_000);
    // What is accepted is not worked off meanwhile: that would measure the rest of the platform.
    for (const name of serviceNames) if (name !== 'edge') await processes.process(name).stop();
    const measured = await measure(processes, bare, { owner, from, to }, options);
    report(measured);
    await reportLogin(processes, options);
  } finally {
    bare.stop();
    await processes.stop();
  }
}

async function measure(
  processes: Processes,
  bare: BareExpress,
  account: Account,
  { seconds, rounds }: BenchOptions,
): Promise<Measured[]> {
  const measured: Measured[] = [
    { what: 'GET /v1/wallets/{id}', status: 200, nextCall: readOf(account), own: [], bare: [] },
    { what: 'POST /v1/transactions', status: 202, nextCall: transferOf(account), own: [], bare: [] },
  ];
  const edge = { url: processes.edgeUrl, pid: processes.process('edge').pid };
  // The first round is for the compiler.
  for (let round = 0; round <= rounds; round++) {
    for (const one of measured) {
      const load = { concurrency, seconds, status: one.status, nextCall: one.nextCall };
      // Who goes second finds the machine warmer: that is each of them in turn.
      if (round % 2 === 0) one.own.push(await loadOf({ ...edge, ...load }));
      one.bare.push(await loadOf({ url: bare.url, pid: bare.pid, ...load }));
      if (round % 2 === 1) one.own.push(await loadOf({ ...edge, ...load }));
    }
  }
  return measured.map((one) => ({ ...one, own: one.own.slice(1), bare: one.bare.slice(1) }));
}

function readOf({ owner, from }: Account): () => Call {
  const headers = { authorization: `Bearer ${owner.token}`, accept: 'application/json' };
  return () => ({ method: 'GET', path: `/v1/wallets/${from.id}`, headers });
}

function transferOf({ owner, from, to }: Account): () => Call {
  let keys = 0;
  const body = JSON.stringify({
    type: 'transfer',
    sourceWalletId: from.id,
    destinationWalletId: to.id,
    amount: 1,
    currency: 'USD',
  });
  return () => ({
    method: 'POST',
    path: '/v1/transactions',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${owner.token}`,
      'idempotency-key': `bench-${process.pid}-${keys++}`,
      prefer: 'respond-async',
    },
    body,
  });
}

function report(measured: readonly Measured[]): void {
  printTable(
    `Edge beside bare Express 5 with the same validation, ${concurrency} calls at once`,
    ['call', 'Florin, calls/s', 'p50 / p99 ms', 'CPU µs', 'bare, calls/s', 'p50 / p99 ms', 'CPU µs', 'ratio'],
    measured.map(({ what, own, bare }) => [
      what,
      ...summary(own),
      ...summary(bare),
      ratio(median(own.map(({ perSecond }, round) => perSecond / bare[round]!.perSecond))),
    ]),
  );
}

function summary(results: readonly LoadResult[]): string[] {
  const middle = (of: (result: LoadResult) => number): string => whole(median(results.map(of)));
  return [
    middle((one) => one.perSecond),
    `${middle((one) => one.p50Ms)} / ${middle((one) => one.p99Ms)}`,
    middle((one) => one.cpuMicros),
  ];
}

/** The password of a login: argon2id on the thread pool. Its cost is meant to be there, and is in no other figure. */
async function reportLogin(processes: Processes, { seconds }: BenchOptions): Promise<void> {
  // Somebody else each time, because nobody may try often; an unknown address takes as long as a known one.
  let people = 0;
  const body = () => JSON.stringify({ email: `nobody-${people++}@example.com`, password: 'not a known one' });
  const headers = { 'content-type': 'application/json' };
  const rows: string[][] = [];
  for (const callers of [1, 8]) {
    const result = await loadOf({
      url: processes.edgeUrl,
      pid: processes.process('edge').pid,
      concurrency: callers,
      seconds: Math.min(seconds, 4),
      status: 401,
      nextCall: () => ({ method: 'POST', path: '/v1/sessions', headers, body: body() }),
    });
    rows.push([String(callers), ...summary([result])]);
  }
  printTable('Checking a password', ['at once', 'calls/s', 'p50 / p99 ms', 'CPU µs'], rows);
}

/** The yardstick, in a process of its own. */
class BareExpress {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<BareExpress> {
    const program = fileURLToPath(new URL('bare-express.js', import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = (await once(child.stdout!, 'data')) as [Buffer];
    return new BareExpress(child, `http://127.0.0.1:${String(port).trim()}`);
  }

  get pid(): number {
    return this.child.pid!;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}
