import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from './child.js';
import { classArchiveFlags } from './class-archives.js';
import { fetchPrograms } from './downloads.js';
import { requireJava } from './java.js';
import { startKafka } from './kafka.js';
import { repositoryRoot } from './paths.js';
import { postgresUrl, startPostgres } from './postgres.js';
import { postgresHome } from './postgres-programs.js';
import { startRedis } from './redis.js';
import { registryUrl, startRegistry } from './registry.js';

export interface ServerPorts {
  readonly kafka: number;
  readonly kafkaController: number;
  readonly registry: number;
  readonly redis: number;
  readonly postgres: number;
}

/** Servers that run already and must be used instead of embedded ones. */
export interface ExternalServers {
  readonly kafkaBrokers?: string;
  readonly schemaRegistryUrl?: string;
  readonly redisUrl?: string;
  /** A PostgreSQL user who may create databases. */
  readonly postgresUrl?: string;
}

export interface ServersOptions {
  readonly dataFolder: string;
  readonly logFolder: string;
  readonly ports: ServerPorts;
  readonly external: ExternalServers;
  /** False when every database is elsewhere, so that no PostgreSQL is needed at all. */
  readonly postgresNeeded?: boolean;
  /** For a server that has more memory than the one of `npm start`. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
  readonly cacheFolder?: string;
  /** Removes the data when the servers stop. */
  readonly ephemeral?: boolean;
  /** One line of progress. */
  readonly report: (line: string) => void;
}

/** Where the servers are, whoever runs them. */
export interface ServerUrls {
  readonly kafkaBrokers: string;
  readonly schemaRegistryUrl: string;
  readonly redisUrl: string;
  /** Not set when no PostgreSQL is needed. */
  readonly postgresUrl?: string;
}

export interface Servers extends ServerUrls {
  readonly children: readonly Child[];
  stop(): Promise<void>;
}

/**
 * Starts the servers that are not external, all at once, and resolves when each is healthy. When one fails, the others
 * are stopped.
 * @throws LocalError
 */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const children: Child[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.splice(0).map((child) => child.stop()));
    if (options.ephemeral) removeServerData(options.dataFolder);
  };
  const results = await Promise.allSettled(
    (await starters(options)).map(async ({ name, start }) => {
      const startedAt = performance.now();
      children.push(await start());
      options.report(`  ${name} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
    }),
  );
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }
  return { ...serverUrls(options), children, stop };
}

/** What the servers will be called, before they are started. */
export function serverUrls(
  options: Pick<ServersOptions, 'external' | 'ports' | 'postgresNeeded'>,
): ServerUrls {
  const { external, ports } = options;
  const ownPostgres = options.postgresNeeded === false ? undefined : postgresUrl(ports.postgres);
  return {
    kafkaBrokers: external.kafkaBrokers ?? `127.0.0.1:${ports.kafka}`,
    schemaRegistryUrl: external.schemaRegistryUrl ?? registryUrl(ports.registry),
    redisUrl: external.redisUrl ?? `redis://127.0.0.1:${ports.redis}`,
    postgresUrl: external.postgresUrl ?? ownPostgres,
  };
}

/** Removes what servers that no longer run have kept in `dataFolder`. */
export function removeServerData(dataFolder: string): void {
  const postgres = postgresHome(join(dataFolder, 'postgres')).dataFolder;
  for (const folder of [postgres, dataFolder]) rmSync(folder, { recursive: true, force: true });
}

/** Where downloads are kept. */
export const defaultCacheFolder = join(repositoryRoot, '.cache/servers');

interface Starter {
  readonly name: string;
  readonly start: () => Promise<Child>;
}

async function starters(options: ServersOptions): Promise<Starter[]> {
  const { external, ports, dataFolder } = options;
  const log = (name: string): string => join(options.logFolder, `${name}.log`);
  const wanted: Starter[] = [];
  const java = external.kafkaBrokers === undefined || external.schemaRegistryUrl === undefined;
  if (java) requireJava();
  if (external.postgresUrl === undefined && options.postgresNeeded !== false) {
    const folder = join(dataFolder, 'postgres');
    const settings = options.postgresSettings;
    const start = () => startPostgres({ folder, logFile: log('postgres'), port: ports.postgres, settings });
    wanted.push({ name: `PostgreSQL on port ${ports.postgres}`, start });
  }
  if (!java && external.redisUrl !== undefined) return wanted;

  const cache = options.cacheFolder ?? defaultCacheFolder;
  const programs = await fetchPrograms(cache, options.report);
  if (external.kafkaBrokers === undefined) {
    const folder = join(dataFolder, 'kafka');
    const { kafka: port, kafkaController: controllerPort } = ports;
    const start = () =>
      startKafka({
        jars: programs.kafka,
        classArchive: classArchiveFlags(cache, 'kafka'),
        folder,
        logFile: log('kafka'),
        port,
        controllerPort,
      });
    wanted.push({ name: `Kafka on port ${port}`, start });
  }
  if (external.schemaRegistryUrl === undefined) {
    const folder = join(dataFolder, 'registry');
    const start = () =>
      startRegistry({
        program: programs.registry,
        classArchive: classArchiveFlags(cache, 'registry'),
        folder,
        logFile: log('registry'),
        port: ports.registry,
      });
    wanted.push({ name: `Schema registry on port ${ports.registry}`, start });
  }
  if (external.redisUrl === undefined) {
    const folder = join(dataFolder, 'redis');
    const start = () =>
      startRedis({ programs: programs.redis, folder, logFile: log('redis'), port: ports.redis });
    wanted.push({ name: `Redis on port ${ports.redis}`, start });
  }
  return wanted;
}
