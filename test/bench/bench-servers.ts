import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, type Servers, startServers } from '@florin/local';

export interface BenchOptions {
  /** Of each measurement. */
  readonly seconds: number;
  /** Measurements of each kind; the median is reported. */
  readonly rounds: number;
  /** Calls that wait at once, for each measurement of the REST API. */
  readonly concurrency: readonly number[];
  /** Wallets of the large ledger, two a customer; 0 leaves it out. */
  readonly wallets: number;
  /** In which the large ledger is posted to, and in which transfers are made, before they are measured. */
  readonly warmUpSeconds: number;
  /** Shows where the processor time of the services goes; what is measured meanwhile is somewhat slower. */
  readonly profile: boolean;
  /** Of the list of customers. */
  readonly customers: number;
}

export type BenchServers = Servers & { readonly postgresUrl: string; readonly logFolder: string };

/** Empty servers on free ports, durable as in production. */
export async function startBenchServers(): Promise<BenchServers> {
  // Those of `npm start`, with more memory. The second compiler took more in these minutes than it gave back.
  process.env.FLORIN_KAFKA_JVM_FLAGS ??= '-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1';
  const folder = join(process.cwd(), '.florin', `bench-${process.pid}`);
  const logFolder = join(folder, 'logs');
  mkdirSync(logFolder, { recursive: true });
  const [kafka, kafkaController, registry, redis, postgres] = (await freePorts(5)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const servers = await startServers({
    dataFolder: folder,
    logFolder,
    ports: { kafka, kafkaController, registry, redis, postgres },
    external: {},
    ephemeral: true,
    // What a database server of a few gigabytes is given; `npm start` has to fit beside everything else on a laptop.
    postgresSettings: { shared_buffers: '1GB', max_wal_size: '8GB' },
    report: (line) => console.error(line),
  });
  return { ...servers, postgresUrl: servers.postgresUrl!, logFolder };
}
