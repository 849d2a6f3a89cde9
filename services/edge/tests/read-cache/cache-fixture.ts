import { randomUUID } from 'node:crypto';
import { createDatabase, type Database, prismaAdapter } from '@florin/database';
import type { Caller } from '@florin/http';
import { createLogger, Registry } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase } from '../../../../test/env/test-database.js';
import { PrismaClient } from '../../src/db/generated/client.js';
import { createReadCache, type ReadCache, type Viewable } from '../../src/read-cache/read-cache.js';
import { createRedis } from '../../src/redis.js';
import { createReadRouter } from '../../src/replica/read-router.js';

const logger = createLogger({ service: 'read-cache', level: 'silent' });
const operator: Caller = { kind: 'api-key', apiKeyId: 'test', scopes: new Set() } as unknown as Caller;

/** What a transaction that changes a wallet does after it has changed it. */
export interface Change {
  /** What the commit sets off; a process that dies before does without. */
  committed(): void;
}

/** A wallet in a real database, and instances that read and change it through one Redis. */
export class CacheFixture {
  readonly id = uuidv7();
  private readonly closers: (() => Promise<void> | void)[] = [];

  private constructor(
    readonly database: Database,
    readonly prisma: PrismaClient,
    private readonly redisUrl: string,
    private readonly ttlMs: number,
    private readonly answerMs: number,
  ) {}

  static async create({
    redisUrl = process.env.REDIS_URL!,
    ttlMs = 30_000,
    // A busy machine must not look like a Redis that is away.
    answerMs = 10_000,
  }: {
    redisUrl?: string;
    ttlMs?: number;
    answerMs?: number;
  } = {}): Promise<CacheFixture> {
    const testDatabase = await createTestDatabase('edge');
    const database = createDatabase({
      url: testDatabase.url,
      applicationName: 'read-cache',
      maxConnections: 10,
      logger,
    });
    const prisma = new PrismaClient({ adapter: prismaAdapter(database) });
    const fixture = new CacheFixture(database, prisma, redisUrl, ttlMs, answerMs);
    fixture.closers.push(async () => {
      await prisma.$disconnect();
      await database.close();
      await testDatabase.drop();
    });
    await database.pool.query(
      `INSERT INTO wallets (id, owner_id, wallet_type, currency, name, status, created_at)
       VALUES ($1, $2, 'personal-usd', 'USD', 'Mine', 'active', now())`,
      [fixture.id, uuidv7()],
    );
    return fixture;
  }

  readonly keyPrefix = `c${randomUUID().slice(0, 8)}-`;

  /** One more instance, with metrics of its own. */
  async instance(): Promise<ReadCache & { readonly metrics: Registry }> {
    const metrics = new Registry();
    const { database, prisma, keyPrefix, ttlMs, answerMs } = this;
    const redis = createRedis(this.redisUrl, logger);
    const reads = createReadRouter({
      url: undefined,
      database,
      prisma,
      redis,
      keyPrefix,
      clock: Date,
      logger,
      metrics,
    });
    const cache = createReadCache({ redis, keyPrefix, ttlMs, answerMs, reads, prisma, logger, metrics });
    await cache.start();
    this.closers.unshift(async () => {
      cache.stop();
      await reads.stop();
      redis.disconnect();
    });
    return Object.assign(cache, { metrics });
  }

  /** The balance as a reader sees it; `onRead` runs when the database has answered and nothing is stored yet. */
  async balance(cache: ReadCache, onRead: () => Promise<void> = async () => undefined): Promise<number> {
    const found = await cache.find({ kind: 'wallet', id: this.id }, operator, async (prisma) => {
      const row = await prisma.wallet.findUniqueOrThrow({ where: { id: this.id } });
      await onRead();
      return { viewers: [row.ownerId], resource: { posted: Number(row.posted) } } satisfies Viewable;
    });
    return found!.resource.posted as number;
  }

  /** Changes the wallet in a transaction like a projection; `beforeCommit` runs when the cache has been told. */
  async change(
    cache: ReadCache,
    posted: number,
    beforeCommit: () => Promise<void> = async () => undefined,
  ): Promise<Change> {
    const callbacks: (() => void)[] = [];
    await this.database.transaction(async (tx) => {
      await tx.query('UPDATE wallets SET posted = $2, available = $2 WHERE id = $1', [this.id, posted]);
      const unit = { afterCommit: (callback: () => void) => void callbacks.push(callback) };
      await cache.invalidate(unit, [{ kind: 'wallet', id: this.id }]);
      await beforeCommit();
    });
    return { committed: () => callbacks.forEach((callback) => void callback()) };
  }

  async close(): Promise<void> {
    for (const close of this.closers) await close();
  }
}

/** How many reads came from where. */
export async function outcomes({ metrics }: { metrics: Registry }): Promise<Record<string, number>> {
  const text = await metrics.metrics();
  const lines = text.matchAll(/florin_read_cache_reads_total\{object="wallet",outcome="(\w+)"\} (\d+)/g);
  return Object.fromEntries([...lines].map(([, outcome, count]) => [outcome, Number(count)]));
}
