import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import { createDatabase, type Database, withDatabase } from '@florin/database';
import { createMessaging, handle, type Messaging } from '@florin/messaging';
import { createLogger, createMetrics, systemClock } from '@florin/observability';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import type { BenchOptions, BenchServers } from './bench-servers.js';
import { median, printTable, ratio, whole } from './report.js';

const rows = 50_000;
const batch = 1_000;
/** As large as a typical message; the relay does not look into it. */
const payload = Buffer.alloc(220, 7);
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const group: ConsumerGroup = { name: 'wallet', service: 'bench', topics: ['wallet.commands'] };
/** Nobody reads it here: what is sent to it costs the broker alone. */
const idleTopic = 'customer.events';
const logger = createLogger({ service: 'bench', level: 'warn' });

/** The relay beside plain kafkajs sending the same batches; consumer and inbox beside plain kafkajs reading them. */
export async function benchMessaging(servers: BenchServers, options: BenchOptions): Promise<void> {
  const relay: number[] = [];
  const rawSend: number[] = [];
  const consume: number[] = [];
  const rawRead: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const world = await World.create(servers);
    try {
      relay.push(await world.relayRate());
      consume.push(await world.consumeRate());
      rawSend.push(await world.rawSendRate());
      rawRead.push(await world.rawReadRate());
    } finally {
      await world.close();
    }
  }
  const row = (what: string, own: number[], raw: number[]): string[] => [
    what,
    whole(median(own)),
    whole(median(raw)),
    ratio(median(own.map((value, i) => value / raw[i]!))),
  ];
  printTable(
    `Messaging, ${whole(rows)} messages`,
    ['what', 'Florin, messages/s', 'plain kafkajs, messages/s', 'ratio'],
    [
      row('outbox rows to Kafka', relay, rawSend),
      row('Kafka to inbox and one effect row, in batches', consume, rawRead),
    ],
  );
}

class World {
  private readonly prefix = `b${randomUUID().slice(0, 8)}-`;
  private readonly kafka: Kafka;

  private constructor(
    private readonly servers: BenchServers,
    private readonly database: Database,
  ) {
    process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
    this.kafka = new Kafka({ brokers: servers.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
  }

  static async create(servers: BenchServers): Promise<World> {
    const name = `bench_${randomUUID().replaceAll('-', '')}`;
    const admin = new pg.Client(servers.postgresUrl);
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
    const database = createDatabase({
      url: withDatabase(servers.postgresUrl, name),
      applicationName: 'bench',
      maxConnections: 6,
      logger,
    });
    await database.pool.query(readFileSync('packages/messaging/src/sql/messaging.sql', 'utf8'));
    await database.pool.query('CREATE TABLE effects (wallet_id uuid)');
    return new World(servers, database);
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** Fills the outbox first, so that only the relay is measured. */
  async relayRate(): Promise<number> {
    const filler = this.messaging();
    await filler.start();
    await filler.stop();
    await this.database.pool.query(
      `INSERT INTO outbox (shard, topic, key, value, traceparent)
       SELECT i % 8, $1, 'key-' || i % 997, $2, $3 FROM generate_series(1, ${rows}) AS i`,
      [`${this.prefix}${idleTopic}`, payload, traceparent],
    );
    await this.database.pool.query('VACUUM ANALYZE outbox');
    const relay = this.messaging();
    await relay.start();
    const startedAt = performance.now();
    await this.until('SELECT NOT EXISTS (SELECT FROM outbox) AS done');
    const perSecond = rows / ((performance.now() - startedAt) / 1_000);
    await relay.stop();
    return perSecond;
  }

  /** Messages with ids of their own, which the relay has published before the consumer starts. */
  async consumeRate(): Promise<number> {
    const producer = this.messaging();
    await producer.start();
    for (let sent = 0; sent < rows; sent += batch) {
      await producer.transaction(async (unit) => {
        for (let i = 0; i < batch; i++) {
          const id = randomUUID();
          unit.send(OpenWallet, id, { walletId: id, ownerId: id, walletType: 'personal-usd', name: null });
        }
      });
    }
    await producer.stop();
    const consumer = this.messaging();
    consumer.consume({
      group,
      handlers: [
        handle(OpenWallet, async ({ tx }, messages) => {
          await tx.query('INSERT INTO effects SELECT * FROM unnest($1::uuid[])', [
            messages.map(({ value }) => value.walletId),
          ]);
        }),
      ],
    });
    await consumer.start();
    await this.until('SELECT count(*) > 0 AS done FROM effects');
    const before = await this.effects();
    const startedAt = performance.now();
    await this.until(`SELECT count(*) >= ${rows} AS done FROM effects`);
    const perSecond = (rows - before) / ((performance.now() - startedAt) / 1_000);
    await consumer.stop();
    return perSecond;
  }

  async rawSendRate(): Promise<number> {
    const producer = this.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const messages = Array.from({ length: batch }, (_, i) => ({
      key: `key-${i % 997}`,
      value: payload,
      headers: { traceparent },
    }));
    const startedAt = performance.now();
    for (let sent = 0; sent < rows; sent += batch) {
      await producer.sendBatch({
        acks: -1,
        topicMessages: [{ topic: `${this.prefix}${idleTopic}`, messages }],
      });
    }
    const perSecond = rows / ((performance.now() - startedAt) / 1_000);
    await producer.disconnect();
    return perSecond;
  }

  async rawReadRate(): Promise<number> {
    const consumer = this.kafka.consumer({ groupId: `${this.prefix}raw`, maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topics: [`${this.prefix}wallet.commands`], fromBeginning: true });
    let read = 0;
    let startedAt: number | undefined;
    let skipped = 0;
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          eachBatch: async ({ batch: fetched }) => {
            if (startedAt === undefined) {
              startedAt = performance.now();
              skipped = fetched.messages.length;
            }
            read += fetched.messages.length;
            if (read >= rows) resolve();
          },
        })
        .catch(reject);
    });
    const perSecond = (read - skipped) / ((performance.now() - startedAt!) / 1_000);
    await consumer.disconnect();
    return perSecond;
  }

  private messaging(): Messaging {
    return createMessaging({
      service: 'bench',
      kafka: {
        brokers: this.servers.kafkaBrokers.split(','),
        topicPrefix: this.prefix,
        partitions: 3,
        replicationFactor: 1,
        retryDelays: ['1s'],
      },
      schemaRegistryUrl: this.servers.schemaRegistryUrl,
      database: this.database,
      clock: systemClock,
      logger,
      metrics: createMetrics('bench'),
    });
  }

  private async effects(): Promise<number> {
    const { rows: found } = await this.database.pool.query<{ n: number }>(
      'SELECT count(*) AS n FROM effects',
    );
    return found[0]!.n;
  }

  private async until(question: string): Promise<void> {
    for (;;) {
      const { rows: found } = await this.database.pool.query<{ done: boolean }>(question);
      if (found[0]!.done) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
