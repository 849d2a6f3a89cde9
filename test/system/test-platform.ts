import { randomUUID } from 'node:crypto';
import { createDatabase } from '@florin/database';
import { type Platform as RunningProcesses, seed, startPlatform } from '@florin/local';
import { createLogger } from '@florin/observability';
import { type ServiceName, services } from '../env/services.js';
import { createTestDatabase } from '../env/test-database.js';
import type { Platform } from '../story/platform.js';

/** The whole platform as processes of its own, on the servers of the test run, seen by nobody else. */
export interface RunningPlatform extends Platform {
  readonly topicPrefix: string;
  readonly databaseUrls: Readonly<Record<ServiceName, string>>;
  /** One file for each process. */
  readonly logFolder: string;
  /** SIGKILL; resolves when the supervisor has brought the service back and it is ready. */
  killAndAwaitRestart(service: string): Promise<void>;
  /** Books that do not sum to zero and wallets whose balance is not the sum of their entries; empty when all is well. */
  ledgerImbalances(): Promise<string[]>;
  stop(): Promise<void>;
}

const adminKey = 'flk_local_admin';

export async function startTestPlatform(logLevel = 'warn'): Promise<RunningPlatform> {
  const topicPrefix = `s${randomUUID().slice(0, 8)}-`;
  const logFolder = `.florin/test-logs/${topicPrefix}platform`;
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
    env: { NODE_ENV: 'test', RETRY_DELAYS: '250ms,500ms', KAFKA_PARTITIONS: '2', LOG_LEVEL: logLevel },
    logFolder,
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

async function ledgerImbalances(url: string): Promise<string[]> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const database = createDatabase({ url, applicationName: 'ledger-check', maxConnections: 1, logger });
  try {
    const { rows } = await database.pool.query<{ problem: string }>(
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
  } finally {
    await database.close();
  }
}
