import { join } from 'node:path';
import { databaseUrl, migrateDatabases, seed, serviceDatabaseUrls, startPlatform } from '@florin/local';
import { type ServiceName, services } from '../env/services.js';
import { startTestServers } from '../env/test-servers.js';
import type { Platform } from '../story/platform.js';

export type OwnPlatform = Platform & { stop(): Promise<void> };

const adminKey = 'flk_local_admin';

/** Servers and services of this run alone, with empty data. */
export async function startOwnPlatform(): Promise<OwnPlatform> {
  const servers = await startTestServers();
  try {
    const databaseUrls = Object.fromEntries(
      services.map((name) => [name, databaseUrl(servers.postgresUrl!, name)]),
    ) as Record<ServiceName, string>;
    await migrateDatabases(databaseUrls);
    const processes = await startPlatform({
      servers,
      databaseUrls: serviceDatabaseUrls(databaseUrls),
      topicPrefix: 'contract-',
      logFolder: join(process.cwd(), '.florin', 'contract-logs'),
      env: { NODE_ENV: 'test', LOG_LEVEL: 'warn', KAFKA_PARTITIONS: '2' },
    });
    await seed({ edgeUrl: processes.edgeUrl, apiKey: adminKey });
    const { edgeUrl, sandboxUrl } = processes;
    const stop = () => processes.stop().finally(() => servers.stop());
    return { edgeUrl, sandboxUrl, adminKey, stop };
  } catch (error) {
    await servers.stop();
    throw error;
  }
}
