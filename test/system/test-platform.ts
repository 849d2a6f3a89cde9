import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { createDatabase } from '@florin/database';
import { type Platform as RunningProcesses, seed, startPlatform } from '@florin/local';
import { createLogger } from '@florin/observability';
import { type ServiceName, services } from '../env/services.js';
import { createTestDatabase } from '../env/test-database.js';
import { eventually } from '../story/eventually.js';
import type { Platform } from '../story/platform.js';
import { removeDeadMembers } from './dead-members.js';
import { orderDeath } from './death-orders.js';

/** The whole platform as processes of its own, on the servers of the test run, seen by nobody else. */
export interface RunningPlatform extends Platform {
  readonly topicPrefix: string;
  readonly databaseUrls: Readonly<Record<ServiceName, string>>;
  /** One file for each process. */
  readonly logFolder: string;
  /** SIGKILL; resolves when the supervisor has brought the service back and it is ready. */
  killAndAwaitRestart(service: string): Promise<void>;
  /**
   * SIGKILL of a service by itself when it reaches a point (`die-at.ts`, `die-when-told.ts`); resolves when it has died, was
   * started again and is ready. Only on a platform that takes such orders.
   */
  dieAt(service: string, point: string): Promise<void>;
  /** Books that do not sum to zero and wallets whose balance is not the sum of their entries; empty when all is well. */
  ledgerImbalances(): Promise<string[]>;
  stop(): Promise<void>;
}

const deathPreload = new URL('../../test/dist/test/system/die-when-told.js', import.meta.url).href;
const adminKey = 'flk_local_admin';

export interface TestPlatformOptions {
  readonly logLevel?: string;
  /** Further settings for every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its processes die when they are told to, and nobody but the test starts them again. */
  readonly diesWhenTold?: boolean;
}

export async function startTestPlatform(options: TestPlatformOptions = {}): Promise<RunningPlatform> {
  const { logLevel = 'warn', env, diesWhenTold = false } = options;
  const topicPrefix = `s${randomUUID().slice(0, 8)}-`;
  const logFolder = `.florin/test-logs/${topicPrefix}platform`;
  const orders = resolve(logFolder, 'death-orders');
  const databases = await Promise.all(services.map((name) => createTestDatabase(name)));
  const databaseUrls = Object.fromEntries(
    services.map((name, i) => [name, databases[i]!.serviceUrl]),
  ) as Record<ServiceName, string>;
  const processes = await startPlatform({
    servers: {
      kafkaBrokers: process.env.KAFKA_BROKERS!,
      schemaRegistryUrl: process.env.SCHEMA_REGISTRY_URL!,
      redisUrl: process.env.REDIS_URL!,
    },
    databaseUrls,
    topicPrefix,
    env: {
      NODE_ENV: 'test',
      RETRY_DELAYS: '250ms,500ms',
      KAFKA_PARTITIONS: '2',
      LOG_LEVEL: logLevel,
      DEATH_ORDERS: orders,
      ...env,
    },
    logFolder,
    ...(diesWhenTold ? { restart: false, nodeFlags: ['--import', deathPreload] } : {}),
  });
  await seed({ edgeUrl: processes.edgeUrl, apiKey: adminKey });
  return {
    edgeUrl: processes.edgeUrl,
    sandboxUrl: processes.sandboxUrl,
    adminKey,
    topicPrefix,
    databaseUrls,
    logFolder,
    killAndAwaitRestart: (service) => killAndAwaitRestart(processes, service as ServiceName),
    async dieAt(service, point) {
      if (!diesWhenTold) throw new Error('this platform takes no orders to die');
      orderDeath(orders, service, point);
      await revived(processes, service as ServiceName, point, { topicPrefix, databaseUrls });
    },
    ledgerImbalances: () => ledgerImbalances(databaseUrls.wallet),
    async stop() {
      await processes.stop();
      await Promise.all(databases.map((database) => database.drop()));
    },
  };
}

async function killAndAwaitRestart(processes: RunningProcesses, service: ServiceName): Promise<void> {
  const { pid } = processes.process(service);
  await processes.kill(service, 'SIGKILL');
  while (processes.process(service).pid === pid) await new Promise((resolve) => setTimeout(resolve, 20));
  await processes.process(service).untilReady();
}

async function revived(
  processes: RunningProcesses,
  service: ServiceName,
  point: string,
  { topicPrefix, databaseUrls }: Pick<RunningPlatform, 'topicPrefix' | 'databaseUrls'>,
): Promise<void> {
  const victim = processes.process(service);
  await eventually(`${service} to die ${point}`, async () => !victim.running || undefined, 300_000);
  await removeDeadMembers(topicPrefix, service);
  // Else the next one would deliver the first records one at a time, to find one that kills: here batches are to die.
  await query(databaseUrls[service], 'DELETE FROM consumer_run');
  await victim.start();
}

async function ledgerImbalances(url: string): Promise<string[]> {
  const rows = await query<{ problem: string }>(
    url,
    `SELECT 'currency ' || currency || ' sums to ' || sum(posted) AS problem
       FROM wallets GROUP BY currency HAVING sum(posted) <> 0
     UNION ALL
     SELECT 'transaction ' || transaction_id || ' sums to ' || sum(amount)
       FROM entries GROUP BY transaction_id HAVING sum(amount) <> 0
     UNION ALL
     SELECT 'wallet ' || w.id || ' has ' || w.posted || ', its entries ' || coalesce(sum(e.amount), 0)
       FROM wallets w LEFT JOIN entries e ON e.wallet_id = w.id
      GROUP BY w.id HAVING w.posted <> coalesce(sum(e.amount), 0)`,
  );
  return rows.map((row) => row.problem);
}

/** One statement on the database of a service, over a connection of its own. */
export async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const database = createDatabase({ url, applicationName: 'system-test', maxConnections: 1, logger });
  try {
    return (await database.pool.query<Row>(text)).rows;
  } finally {
    await database.close();
  }
}
