import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createDatabase, type Database, withDatabase } from '@florin/database';
import { createMessaging, type Messaging } from '@florin/messaging';
import { createLogger, createMetrics, type Registry, systemClock } from '@florin/observability';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import type { BenchServers } from './bench-servers.js';

const logger = createLogger({ service: 'bench', level: 'fatal' });

/** Topics and a database of its own, the messaging core on them, and plain kafkajs beside it. */
export class MessagingWorld {
  readonly kafka: Kafka;
  /** Of every core of this world. */
  metrics: Registry = createMetrics('bench');

  private constructor(
    private readonly servers: BenchServers,
    readonly database: Database,
    readonly prefix: string,
  ) {
    process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
    this.kafka = new Kafka({ brokers: servers.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
  }

  static async create(servers: BenchServers): Promise<MessagingWorld> {
    const name = `bench_${randomUUID().replaceAll('-', '')}`;
    const admin = new pg.Client(servers.postgresUrl);
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
    const database = createDatabase({
      url: withDatabase(servers.postgresUrl, name),
      applicationName: 'bench',
      maxConnections: 8,
      logger,
    });
    await database.pool.query(readFileSync('packages/messaging/src/sql/messaging.sql', 'utf8'));
    await database.pool.query('CREATE TABLE effects (wallet_id uuid)');
    const world = new MessagingWorld(servers, database, `b${randomUUID().slice(0, 8)}-`);
    // Creates the topics and registers the schemas.
    const core = world.messaging();
    await core.start();
    await core.stop();
    return world;
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  messaging(retryDelays: readonly string[] = ['1ms']): Messaging {
    this.metrics = createMetrics('bench');
    return createMessaging({
      service: 'bench',
      kafka: {
        brokers: this.servers.kafkaBrokers.split(','),
        topicPrefix: this.prefix,
        partitions: 3,
        replicationFactor: 1,
        retryDelays,
      },
      schemaRegistryUrl: this.servers.schemaRegistryUrl,
      database: this.database,
      clock: systemClock,
      logger,
      metrics: this.metrics,
    });
  }

  /** Reads a counter in this process: asking the database would cost what is measured. */
  async counted(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const { values } = (await this.metrics.getSingleMetric(name)?.get()) ?? { values: [] };
    return values
      .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
      .reduce((sum, one) => sum + one.value, 0);
  }
}

export async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!(await reached())) {
    if (performance.now() > deadline) throw new Error('the benchmark does not get on');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const perSecond = (count: number, sinceMs: number): number =>
  count / ((performance.now() - sinceMs) / 1_000);
