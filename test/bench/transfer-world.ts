import { setTimeout as delay } from 'node:timers/promises';
import {
  databaseUrl,
  migrateDatabases,
  type Platform as Processes,
  type ProcessName,
  seed,
  serviceDatabaseUrls,
  serviceNames,
  startPlatform,
} from '@florin/local';
import pg from 'pg';
import { deposit, openWallet } from '../story/money.js';
import { type SignedIn, signUp } from '../story/people.js';
import type { BenchServers } from './bench-servers.js';
import { PostgresMeter } from './postgres-meter.js';
import { cpuMs } from './process-cpu.js';
import type { Account } from './transfer-load.js';

const people = 24;
const walletsEach = 4;
const funds = 1_000_000_000;
const settleTimeoutMs = 60_000;
const restTimeoutMs = 3_000;
const processNames = [...serviceNames, 'sandbox'] as const satisfies readonly ProcessName[];

/** Processor time so far in milliseconds, by process. */
export type CpuReading = Readonly<Record<string, number>>;

/** A running platform with funded wallets, and what is measured of it from outside. */
export class TransferWorld {
  private constructor(
    private readonly processes: Processes,
    private readonly servers: BenchServers,
    private readonly meter: PostgresMeter,
    private readonly databases: Readonly<Record<'edge' | 'wallet', pg.Client>>,
    readonly accounts: readonly Account[],
  ) {}

  static async create(servers: BenchServers, nodeFlags: readonly string[]): Promise<TransferWorld> {
    const urls = Object.fromEntries(
      serviceNames.map((name) => [name, databaseUrl(servers.postgresUrl, name)]),
    ) as Record<(typeof serviceNames)[number], string>;
    await migrateDatabases(urls);
    const processes = await startPlatform({
      servers,
      databaseUrls: serviceDatabaseUrls(urls),
      logFolder: servers.logFolder,
      env: { LOG_LEVEL: 'warn' },
      nodeFlags,
    });
    try {
      const databases = { edge: await connect(urls.edge), wallet: await connect(urls.wallet) };
      const meter = await PostgresMeter.connect(servers.postgresUrl);
      console.error('Opening wallets');
      const accounts = await fundedAccounts(processes);
      return new TransferWorld(processes, servers, meter, databases, accounts);
    } catch (error) {
      await processes.stop();
      throw error;
    }
  }

  get edgeUrl(): string {
    return this.processes.edgeUrl;
  }

  async cpu(): Promise<CpuReading> {
    const own = Object.fromEntries(processNames.map((name) => [name, this.processes.process(name).pid]));
    const others = Object.fromEntries(this.servers.children.map(({ name, pid }) => [name, pid]));
    const { cpuUs } = await this.meter.read();
    return { ...cpuMs({ ...own, ...others, load: process.pid }), PostgreSQL: cpuUs / 1_000 };
  }

  /** Resolves when no transfer is on its way any more; returns how many are completed. */
  async settled(): Promise<number> {
    const giveUpAt = performance.now() + settleTimeoutMs;
    for (;;) {
      const { rows } = await this.databases.edge.query<{ pending: string; completed: string }>(
        `SELECT count(*) FILTER (WHERE status = 'pending') AS pending,
                count(*) FILTER (WHERE status = 'completed') AS completed FROM transactions`,
      );
      const { pending, completed } = rows[0]!;
      if (Number(pending) === 0) return Number(completed);
      if (performance.now() > giveUpAt) throw new Error(`${pending} transfers do not settle`);
      await delay(20);
    }
  }

  /** Waits until the services have come to rest, or nearly so: what follows a transfer, mails for example, is part of its cost. */
  async atRest(): Promise<void> {
    const giveUpAt = performance.now() + restTimeoutMs;
    const pids = Object.fromEntries(processNames.map((name) => [name, this.processes.process(name).pid]));
    const spent = (): number => Object.values(cpuMs(pids)).reduce((sum, ms) => sum + ms, 0);
    for (let before = spent(); performance.now() < giveUpAt; ) {
      await delay(300);
      const now = spent();
      if (now - before <= 60) return;
      before = now;
    }
  }

  /** @throws Error when money has appeared or got lost, or when the balances that clients see are not those of the ledger */
  async checkConservation(): Promise<void> {
    const ids = this.accounts.map(({ walletId }) => walletId);
    const ofCustomers = `SELECT sum(posted)::text AS total FROM wallets WHERE id = ANY ($1::uuid[])`;
    const total = async (client: pg.Client, sql: string, values: unknown[]): Promise<number> =>
      Number((await client.query<{ total: string }>(sql, values)).rows[0]!.total);
    const expected = people * walletsEach * funds;
    const found = {
      ledger: await total(this.databases.wallet, ofCustomers, [ids]),
      shown: await total(this.databases.edge, ofCustomers, [ids]),
    };
    const books = await total(this.databases.wallet, 'SELECT sum(posted)::text AS total FROM wallets', []);
    if (found.ledger !== expected || found.shown !== expected || books !== 0) {
      throw new Error(
        `${expected} were deposited, ${found.ledger} are in the wallets, ${found.shown} are shown, the books sum to ${books}`,
      );
    }
  }

  async close(): Promise<void> {
    await this.meter.close();
    for (const client of Object.values(this.databases)) await client.end();
    await this.processes.stop();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  // The server may stop first; that is no reason to forget what has been measured.
  client.on('error', (error) => console.error(error.message));
  await client.connect();
  return client;
}

async function fundedAccounts(processes: Processes): Promise<Account[]> {
  const platform = { ...processes, adminKey: 'flk_local_admin' };
  await seed({ edgeUrl: platform.edgeUrl, apiKey: platform.adminKey });
  const owners = await inParallel(
    Array.from({ length: people }, (_, i) => `Bench Person ${nameOf(i)}`),
    2,
    (name) => signUp(platform, name),
  );
  const wanted = Array.from({ length: walletsEach }, () => owners).flat();
  return inParallel(wanted, 16, accountOf);
}

async function accountOf(owner: SignedIn): Promise<Account> {
  const wallet = await openWallet(owner);
  await deposit(owner, wallet, funds);
  return { walletId: wallet.id, token: owner.token };
}

function nameOf(number: number): string {
  return String.fromCharCode(65 + Math.floor(number / 26)) + String.fromCharCode(97 + (number % 26));
}

async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
