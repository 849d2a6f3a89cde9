import { createDatabase, type Database, prismaAdapter } from '@florin/database';
import { actorOf, type Caller } from '@florin/http';
import { type Clock, Counter, type Logger, type Registry } from '@florin/observability';
import type { Redis } from 'ioredis';
import { PrismaClient } from '../db/generated/client.js';
import { Freshness, parseLsn } from './freshness.js';
import { createListReader, type ListReader } from './list-reader.js';

/** Decides which database answers a read. */
export interface ReadRouter {
  /** The replica when it has what the caller has written, else the primary. Never waits for the replica. */
  for(caller: Caller): Promise<PrismaClient>;
  /** The same for lists, which have connections of their own. */
  listsFor(caller: Caller): Promise<PrismaClient>;
  /** For lists of what is read from the primary only. */
  readonly primaryLists: PrismaClient;
  /** To be called before a write is answered: what the caller reads from now on has to hold it. */
  noteWrite(caller: Caller): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const pollMs = 100;
/** Longer than a replica may be behind and still be used: all older writes are in it. */
const rememberedMs = 60_000;
const maxLagMs = 10_000;

interface RouterOptions {
  readonly url: string | undefined;
  readonly database: Database;
  readonly prisma: PrismaClient;
  readonly redis: Redis;
  readonly keyPrefix: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
}

/** Without a replica everything is read from the primary, at no cost. */
export function createReadRouter(options: RouterOptions): ReadRouter {
  const { url, prisma, database, logger } = options;
  const lists = createListReader(database.url, logger);
  if (url !== undefined) return new ReplicaRouter(options, url, lists);
  return {
    for: async () => prisma,
    listsFor: async () => lists.prisma,
    primaryLists: lists.prisma,
    noteWrite: async () => undefined,
    start: async () => undefined,
    stop: () => lists.close(),
  };
}

/**
 * Callers read their own writes: the position of the log (LSN) after each write is kept in Redis for every instance, and
 * a replica that has not replayed so far does not answer this caller. When Redis cannot say, the primary answers.
 */
class ReplicaRouter implements ReadRouter {
  private readonly replica: Database;
  private readonly replicaPrisma: PrismaClient;
  private readonly replicaLists: ListReader;
  private readonly freshness = new Freshness(maxLagMs);
  private readonly reads: Counter<'database'>;
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> | undefined;
  private stopped = false;
  /** After a write that could not be noted. */
  private blindUntil = 0;
  /** One look at the primary's log for all writes that are answered together. */
  private nextPosition: Promise<string> | undefined;

  constructor(
    private readonly options: RouterOptions,
    url: string,
    private readonly lists: ListReader,
  ) {
    const { logger, metrics } = options;
    this.replicaLists = createListReader(url, logger);
    this.replica = createDatabase({
      url,
      applicationName: 'florin-edge-reads',
      maxConnections: 10,
      logger,
      answerTimeoutMs: 5_000,
    });
    this.replicaPrisma = new PrismaClient({ adapter: prismaAdapter(this.replica), errorFormat: 'minimal' });
    this.reads = new Counter({
      name: 'florin_reads_total',
      help: 'Reads of read models by the database that answered',
      labelNames: ['database'],
      registers: [metrics],
    });
  }

  async for(caller: Caller): Promise<PrismaClient> {
    return (await this.isForReplica(caller)) ? this.replicaPrisma : this.options.prisma;
  }

  async listsFor(caller: Caller): Promise<PrismaClient> {
    return (await this.isForReplica(caller)) ? this.replicaLists.prisma : this.primaryLists;
  }

  get primaryLists(): PrismaClient {
    return this.lists.prisma;
  }

  async noteWrite(caller: Caller): Promise<void> {
    const { redis, logger } = this.options;
    try {
      const position = await this.position();
      await redis.set(this.keyOf(caller), position, 'PX', rememberedMs);
    } catch (error) {
      // Nobody can be told what this caller has written. In a while every replica that is used has it.
      this.blindUntil = this.options.clock.now() + maxLagMs;
      logger.warn({ err: error }, 'a write could not be noted for reads from the replica');
    }
  }

  async start(): Promise<void> {
    await this.poll();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.polling;
    await this.replicaPrisma.$disconnect();
    await this.replica.close();
    await this.replicaLists.close();
    await this.lists.close();
  }

  private async isForReplica(caller: Caller): Promise<boolean> {
    const isFresh = await this.hasWritesOf(caller);
    this.reads.inc({ database: isFresh ? 'replica' : 'primary' });
    return isFresh;
  }

  private async hasWritesOf(caller: Caller): Promise<boolean> {
    const { redis, clock } = this.options;
    const now = clock.now();
    if (now < this.blindUntil || !this.freshness.isFresh(now) || redis.status !== 'ready') return false;
    try {
      const written = await redis.get(this.keyOf(caller));
      return written === null || this.freshness.hasReplayed(parseLsn(written));
    } catch {
      return false;
    }
  }

  private keyOf(caller: Caller): string {
    return `${this.options.keyPrefix}written:${actorOf(caller)}`;
  }

  /** Starts after the write that asks for it has committed, whoever else shares it. */
  private position(): Promise<string> {
    this.nextPosition ??= Promise.resolve().then(() => {
      this.nextPosition = undefined;
      return this.currentLsn();
    });
    return this.nextPosition;
  }

  private async currentLsn(): Promise<string> {
    const { rows } = await this.options.database.pool.query<{ lsn: string }>({
      name: 'current-lsn',
      text: 'SELECT pg_current_wal_flush_lsn()::text AS lsn',
    });
    return rows[0]!.lsn;
  }

  private async poll(): Promise<void> {
    this.polling = this.look();
    await this.polling;
    if (!this.stopped) this.timer = setTimeout(() => void this.poll(), pollMs);
  }

  /** Whatever goes wrong, the primary answers until a look has succeeded. */
  private async look(): Promise<void> {
    const { clock, logger } = this.options;
    try {
      const at = clock.now();
      this.freshness.sample(at, parseLsn(await this.currentLsn()));
      const { rows } = await this.replica.pool.query<{ lsn: string | null }>({
        name: 'replayed-lsn',
        text: 'SELECT pg_last_wal_replay_lsn()::text AS lsn',
      });
      // Null: it is no replica, or none any more, and what it holds may be anything.
      this.freshness.replayed(rows[0]?.lsn ? parseLsn(rows[0].lsn) : undefined);
    } catch (error) {
      this.freshness.replayed(undefined);
      logger.warn({ err: error }, 'the replica could not be asked, the primary answers');
    }
  }
}
