import { join } from 'node:path';
import { allMessages, type MessageDefinition, PostTransfer } from '@florin/contracts';
import {
  createDatabase,
  createServiceLogin,
  type Database,
  migrate,
  serviceUrl,
  withDatabase,
} from '@florin/database';
import { serviceLogin } from '@florin/local';
import { createMessaging, type Messaging } from '@florin/messaging';
import {
  type BatchExecutor,
  Codec,
  createKafka,
  createTestExecutor,
  type Delivery,
  fingerprintOf,
} from '@florin/messaging/testing';
import { createLogger, createMetrics, systemClock } from '@florin/observability';
import { auditLedger, ledgerHandlers } from '@florin/wallet';
import { v7 as uuidv7 } from 'uuid';
import type { BenchServers } from './bench-servers.js';

const group = 'wallet';
const decodedAtOnce = 50;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

export interface CommandRecord {
  readonly bytes: Buffer;
  readonly key: string;
}

/** A migrated wallet database with wallets in it, and the posting path of the wallet service on top of it. */
export class LedgerWorld {
  private readonly handler = ledgerHandlers({ clock: systemClock })[0]!;

  private constructor(
    readonly database: Database,
    private readonly codec: Codec,
    private readonly messaging: Messaging,
    private readonly executor: BatchExecutor,
    readonly wallets: readonly string[],
  ) {}

  static async create(servers: BenchServers, name: string, wallets: number): Promise<LedgerWorld> {
    const owner = withDatabase(servers.postgresUrl, `florin_bench_${name}`);
    await migrate({ url: owner, directory: join(process.cwd(), 'prisma/wallet/migrations') });
    const logger = createLogger({ service: 'bench', level: 'error' });
    const login = serviceLogin('wallet')!;
    await createServiceLogin(owner, login);
    const database = createDatabase({
      url: serviceUrl(owner, login),
      applicationName: 'bench',
      maxConnections: 4,
      logger,
    });
    const codec = new Codec(servers.schemaRegistryUrl, allMessages as readonly MessageDefinition[]);
    await codec.connect();
    // Never started: no relay and no consumer shares the processor with what is measured.
    const messaging = createMessaging(
      {
        service: 'wallet',
        kafka: { brokers: [], topicPrefix: '', partitions: 3, replicationFactor: 1, retryDelays: ['1s'] },
        schemaRegistryUrl: servers.schemaRegistryUrl,
        database,
        clock: systemClock,
        logger,
        metrics: createMetrics('bench'),
      },
      { kafka: createKafka({ clientId: 'bench', brokers: servers.kafkaBrokers.split(','), logger }), codec },
    );
    const executor = createTestExecutor({ group, messaging, pool: database.pool, logger });
    const ids = await openWallets(database, wallets);
    return new LedgerWorld(database, codec, messaging, executor, ids);
  }

  /** What Kafka would hand over. Made before the clock runs: encoding it is somebody else's work. */
  command(sourceWalletId: string, destinationWalletId: string): CommandRecord {
    const messageId = uuidv7();
    const bytes = this.codec.encode(PostTransfer, {
      meta: {
        messageId,
        occurredAt: Date.now(),
        correlationId: messageId,
        causationId: null,
        actor: 'service:bench',
        aggregateVersion: 0,
        deadlineAt: null,
      },
      transactionId: uuidv7(),
      sourceWalletId,
      destinationWalletId,
      amount: 1,
      feeAmount: 0,
      currency: 'USD',
      exchange: null,
      description: null,
    });
    return { bytes, key: sourceWalletId };
  }

  /** What a consumer makes of the records of one partition. */
  async decode(records: readonly CommandRecord[]): Promise<Delivery[]> {
    const deliveries: Delivery[] = [];
    for (const [i, { bytes, key }] of records.entries()) {
      // A consumer that decodes the next batch must not keep the transaction of this one waiting.
      if (i % decodedAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
      const { value } = await this.codec.decode(bytes);
      const definition = PostTransfer as MessageDefinition;
      const message = { key: Buffer.from(key), value: bytes, offset: String(i), headers: {} };
      deliveries.push({
        record: { topic: PostTransfer.topic, partition: 0, message, failure: undefined },
        fingerprint: fingerprintOf(bytes),
        received: { definition, key, value: value!, traceparent, attempt: 1 },
        handler: this.handler,
      });
    }
    return deliveries;
  }

  /** Inbox, locks, decisions, transfers, entries, balances, outbox, commit. */
  async post(deliveries: readonly Delivery[]): Promise<void> {
    for (const outcome of await this.executor.submit(deliveries)) {
      if (outcome.kind === 'failed') throw outcome.error;
    }
  }

  /** Gives each wallet one more entry, by transfers between neighbours. */
  async moveAll(): Promise<void> {
    const chunk = 20_000;
    for (let i = 0; i < this.wallets.length; i += chunk) {
      await this.database.pool.query(
        `INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
         SELECT uuidv7(), $1, w.id, w.sequence + 1, u.sign, w.posted + u.sign, 0, w.posted + u.sign + w.overdraft_limit, now()
           FROM (SELECT id, 1 - 2 * (place % 2) AS sign FROM unnest($2::uuid[]) WITH ORDINALITY AS u (id, place)) AS u
                JOIN wallets w ON w.id = u.id`,
        [uuidv7(), this.wallets.slice(i, i + chunk)],
      );
    }
    await this.database.pool.query('ANALYZE');
  }

  /** One audit over all wallets, as the job of the wallet service does it. */
  async audit(kind: 'books' | 'chain'): Promise<{ seconds: number; entries: number; isPassed: boolean }> {
    const { database, messaging } = this;
    if (kind === 'chain') {
      await database.pool.query(
        "INSERT INTO ledger_audits (id, kind, status, started_at) VALUES ($1, 'chain', 'running', now())",
        [uuidv7()],
      );
    }
    const logger = createLogger({ service: 'bench', level: 'error' });
    // Always due.
    const config = { LEDGER_AUDIT_INTERVAL_MS: -1 } as Parameters<typeof auditLedger>[0]['config'];
    const startedAt = performance.now();
    await auditLedger({ clock: systemClock, config, database, logger, messaging }, kind);
    const seconds = (performance.now() - startedAt) / 1_000;
    const { rows } = await database.pool.query<{ entries: number; isPassed: boolean }>(
      `SELECT entries_checked AS entries, status = 'passed' AS "isPassed"
         FROM ledger_audits WHERE kind = $1 ORDER BY started_at DESC LIMIT 1`,
      [kind],
    );
    return { seconds, ...rows[0]! };
  }

  /** How many transfers the ledger has, and whether its books are right. */
  async check(): Promise<{ posted: number; isBalanced: boolean }> {
    const { rows } = await this.database.pool.query<{ posted: number; isBalanced: boolean }>(
      `SELECT (SELECT count(*) FROM transfers WHERE status = 'posted') AS posted,
              (SELECT coalesce(sum(posted), 0) = 0 FROM wallets)
              AND (SELECT coalesce(sum(amount), 0) = 0 AND count(*) = 2 * (SELECT count(*) FROM transfers) FROM entries)
              AS "isBalanced"`,
    );
    return rows[0]!;
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

/** Wallets that may go deep into overdraft: the benchmark needs no deposits then. Two belong to each customer. */
async function openWallets(database: Database, count: number): Promise<string[]> {
  await database.pool.query(
    `INSERT INTO wallet_types (code, name, currency, overdraft_limit, updated_at)
     VALUES ('bench', 'Bench', 'USD', 1000000000000, now())`,
  );
  const chunk = 50_000;
  for (let opened = 0; opened < count; opened += chunk) {
    await database.pool.query(
      `INSERT INTO wallets (id, kind, owner_id, type, currency, name, status, overdraft_limit, created_at)
       SELECT uuidv7(), 'customer', md5(((i + $2) / 2)::text)::uuid, 'bench', 'USD', 'Bench', 'active',
              1000000000000, now()
         FROM generate_series(1, $1::int) AS i`,
      [Math.min(chunk, count - opened), opened],
    );
  }
  await database.pool.query('SELECT 1');
  const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM wallets ORDER BY id');
  return rows.map((row) => row.id);
}
