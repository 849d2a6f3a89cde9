import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, removeServerData, type Servers, startServers } from '@florin/local';

const florinFolder = join(process.cwd(), '.florin');

/** Uses the servers that the environment names, and starts what it does not name on free ports with empty data. */
export async function startTestServers(): Promise<Servers> {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL, POSTGRES_URL } = process.env;
  removeLeftovers();
  // Every test has topics of its own: a run of all of them makes thousands, and the heap of `npm start` is too small for those.
  process.env.FLORIN_KAFKA_JVM_FLAGS ??= '-Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1';
  const dataFolder = join(florinFolder, `test-${process.pid}`);
  const [kafka, kafkaController, registry, redis, postgres] = (await freePorts(5)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return startServers({
    dataFolder,
    logFolder: join(florinFolder, 'test-logs'),
    ephemeral: true,
    ports: { kafka, kafkaController, registry, redis, postgres },
    external: {
      kafkaBrokers: KAFKA_BROKERS,
      schemaRegistryUrl: SCHEMA_REGISTRY_URL,
      redisUrl: REDIS_URL,
      postgresUrl: POSTGRES_URL,
    },
    // Tests kill processes, never the machine: what the operating system has got is safe without waiting for the disk.
    // A commit still waits until its log was written, so that a killed server loses none.
    postgresSettings: { fsync: 'off', full_page_writes: 'off' },
    report: (line) => process.stderr.write(`${line}\n`),
  });
}

/** Data of test runs that were killed. */
function removeLeftovers(): void {
  if (!existsSync(florinFolder)) return;
  for (const name of readdirSync(florinFolder)) {
    const pid = Number(/^test-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isRunning(pid)) removeServerData(join(florinFolder, name));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
