import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { createDatabase, type Database } from '@florin/database';
import { createMessaging, type KafkaOptions, type Messaging } from '@florin/messaging';
import {
  type Clock,
  createLogger,
  createMetrics,
  type Logger,
  type Registry,
  systemClock,
} from '@florin/observability';
import pg from 'pg';

const schema = readFileSync(new URL('../src/sql/messaging.sql', import.meta.url), 'utf8');
const silent = createLogger({ service: 'messaging-test', level: process.env.TEST_LOG_LEVEL ?? 'silent' });

export interface HarnessOptions extends Partial<KafkaOptions> {
  readonly clock?: Clock;
  readonly metrics?: Registry;
  readonly logger?: Logger;
  readonly inboxRetention?: string;
  readonly schemaRegistryUrl?: string;
}

/** A prefix of its own, so that a test sees only its own topics and groups. */
export class Harness {
  readonly topicPrefix = `t${randomUUID().slice(0, 8)}-`;
  private readonly cleanUps: (() => Promise<unknown>)[] = [];

  /** With the tables of the messaging core, and `effects` for handlers to write to. */
  async database(server = process.env.POSTGRES_URL!): Promise<Database> {
    const database = await this.emptyDatabase(server);
    await database.pool.query(
      `${schema}; CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, note text)`,
    );
    return database;
  }

  async emptyDatabase(server = process.env.POSTGRES_URL!): Promise<Database> {
    const admin = new pg.Client({ connectionString: server });
    // A test may end the server that it brought.
    admin.on('error', () => undefined);
    await admin.connect();
    const name = `messaging_${randomUUID().replaceAll('-', '')}`;
    await admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    const database = createDatabase({
      url: url.href,
      applicationName: 'messaging-test',
      maxConnections: 5,
      logger: silent,
    });
    this.cleanUps.push(async () => {
      await database.close();
      if (server !== process.env.POSTGRES_URL) return;
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    });
    return database;
  }

  messaging(
    service: string,
    database: Database,
    {
      clock = systemClock,
      metrics = createMetrics(service),
      logger = silent,
      inboxRetention,
      schemaRegistryUrl = process.env.SCHEMA_REGISTRY_URL!,
      ...kafka
    }: HarnessOptions = {},
  ): Messaging {
    const messaging = createMessaging({
      service,
      kafka: {
        brokers: process.env.KAFKA_BROKERS!.split(','),
        topicPrefix: this.topicPrefix,
        partitions: 2,
        replicationFactor: 1,
        retryDelays: ['200ms'],
        ...kafka,
      },
      schemaRegistryUrl,
      database,
      clock,
      logger,
      metrics,
      inboxRetention,
    });
    this.cleanUps.push(() => messaging.stop());
    return messaging;
  }

  /** A connection of its own to a database of a test. */
  async connect({ url }: Database): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  }

  async close(): Promise<void> {
    for (const cleanUp of this.cleanUps.splice(0).reverse()) await cleanUp();
  }
}

/** A logger, and the lines that it has written so far. */
export function keptLog<Line>(level: string): { readonly logger: Logger; readonly lines: readonly Line[] } {
  const lines: Line[] = [];
  const destination = new PassThrough();
  destination.on('data', (line: Buffer) => lines.push(JSON.parse(line.toString())));
  return { logger: createLogger({ service: 'messaging-test', level }, destination), lines };
}

/** Polls until `probe` answers with something, and fails loudly when it never does. */
export async function eventually<T>(probe: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`nothing after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export async function notes(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ note: string }>('SELECT note FROM effects ORDER BY id');
  return rows.map((row) => row.note);
}
