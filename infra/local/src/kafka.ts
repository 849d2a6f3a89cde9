import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, healthyOrKilled, startChild } from './child.js';
import { javaCommand } from './java.js';
import { probeKafka } from './kafka-probe.js';
import { LocalError } from './local-error.js';

export interface KafkaOptions {
  readonly jars: string;
  /** JVM options for class-data sharing. */
  readonly classArchive: readonly string[];
  /** Called with every process that is started. */
  readonly onStart?: (child: Child) => void;
  readonly folder: string;
  readonly logFile: string;
  readonly port: number;
  readonly controllerPort: number;
}

/** Starts one node that is broker and controller (KRaft), and formats its storage the first time. */
export async function startKafka(options: KafkaOptions): Promise<Child> {
  mkdirSync(options.folder, { recursive: true });
  const config = join(options.folder, 'server.properties');
  writeFileSync(config, properties(options));
  const java = (flags: readonly string[], ...program: string[]): Child => {
    const child = startChild({
      name: 'Kafka',
      command: javaCommand(),
      args: [...jvmFlags(), ...flags, '-cp', join(options.jars, '*'), ...program],
      cwd: options.folder,
      logFile: options.logFile,
    });
    options.onStart?.(child);
    return child;
  };
  if (!existsSync(join(options.folder, 'data', 'meta.properties'))) {
    const format = java(
      [],
      'kafka.tools.StorageTool',
      ...['format', '--cluster-id', 'RmxvcmluRmxvcmluRmxvcg', '--ignore-formatted', '--config', config],
    );
    const { code } = await format.exited;
    if (code !== 0) throw new LocalError('start-failed', `Kafka could not format ${options.folder}`);
  }
  const kafka = java(options.classArchive, 'kafka.Kafka', config);
  return healthyOrKilled(kafka, () => probeKafka(options.port));
}

// The first compiler tier alone starts fastest and takes least memory; FLORIN_KAFKA_JVM_FLAGS replaces these flags,
// for benchmarks.
function jvmFlags(): string[] {
  const chosen = process.env.FLORIN_KAFKA_JVM_FLAGS;
  const flags = chosen ?? '-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1';
  return [...flags.split(' '), '-Dorg.slf4j.simpleLogger.showDateTime=true'];
}

function properties({ folder, port, controllerPort }: KafkaOptions): string {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    // Every partition reserves two index files of this size, and every log cleaner its buffer: the defaults are meant
    // for a machine of its own, and Florin has some seventy topics.
    'log.index.size.max.bytes': 1_048_576,
    'log.cleaner.dedupe.buffer.size': 8_388_608,
    'num.network.threads': 2,
    'num.io.threads': 4,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
