import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DatabaseUrls,
  databaseUrl,
  freePorts,
  migrateDatabases,
  removeServerData,
  seed,
  serviceDatabaseUrls,
  serviceNames,
  startPlatform,
  startServers,
} from '@florin/local';
import type { Platform } from '../story/platform.js';

export type OwnPlatform = Platform & { stop(): Promise<void> };

const adminKey = 'flk_local_admin';

/** Servers and services of this run alone, with empty data that goes when it ends. */
export async function startOwnPlatform(): Promise<OwnPlatform> {
  const folder = join(process.cwd(), '.florin', `contract-${process.pid}`);
  const logFolder = join(process.cwd(), '.florin', 'contract-logs');
  mkdirSync(logFolder, { recursive: true });
  const names = ['kafka', 'kafkaController', 'registry', 'redis', 'postgres'] as const;
  const free = await freePorts(names.length);
  const servers = await startServers({
    dataFolder: folder,
    logFolder,
    ports: Object.fromEntries(names.map((name, i) => [name, free[i]])) as Record<
      (typeof names)[number],
      number
    >,
    external: {},
    ephemeral: true,
    report: (line) => console.error(line),
  });
  const stopServers = async (): Promise<void> => {
    await servers.stop();
    removeServerData(folder);
  };
  try {
    const urls = serviceNames.map((name) => [name, databaseUrl(servers.postgresUrl!, name)]);
    const databaseUrls = Object.fromEntries(urls) as DatabaseUrls;
    await migrateDatabases(databaseUrls);
    const { edgeUrl, sandboxUrl, stop } = await startPlatform({
      servers,
      databaseUrls: serviceDatabaseUrls(databaseUrls),
      logFolder,
      env: { NODE_ENV: 'test', LOG_LEVEL: 'warn', KAFKA_PARTITIONS: '2' },
    });
    await seed({ edgeUrl, apiKey: adminKey });
    return { edgeUrl, sandboxUrl, adminKey, stop: () => stop().finally(stopServers) };
  } catch (error) {
    await stopServers();
    throw error;
  }
}
