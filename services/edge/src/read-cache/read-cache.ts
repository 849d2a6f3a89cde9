import { randomUUID } from 'node:crypto';
import type { Caller } from '@florin/http';
import type { UnitOfWork } from '@florin/messaging';
import { Counter, type Logger, type Registry } from '@florin/observability';
import type { Redis } from 'ioredis';
import type { PrismaClient } from '../db/generated/client.js';
import { connectSoon, impatientRedis } from '../impatient-redis.js';
import type { ReadRouter } from '../replica/read-router.js';
import { CacheGuard, generationMs } from './cache-guard.js';
import { createCacheCommands } from './cache-scripts.js';

/** What is cached, by id. */
export type CachedKind = 'wallet' | 'transaction';

export interface CachedObject {
  readonly kind: CachedKind;
  readonly id: string;
}

/** An object as its viewers see it: whoever reads it from the cache has to be one of them. */
export interface Viewable {
  readonly viewers: readonly string[];
  readonly resource: Readonly<Record<string, unknown>>;
}

/** Reads of single objects that come from Redis while nothing has changed them. */
export interface ReadCache {
  /** @param load reads the object from the database that it is given; undefined when there is none */
  find<T extends Viewable>(
    object: CachedObject,
    caller: Caller,
    load: (prisma: PrismaClient) => Promise<T | undefined>,
  ): Promise<T | undefined>;
  /**
   * To be called by whatever changes objects, in its transaction and after it has changed (and so locked) them. From then on
   * until the commit nobody reads or stores them in the cache.
   */
  invalidate(unit: Pick<UnitOfWork, 'afterCommit'>, objects: readonly CachedObject[]): Promise<void>;
  /** The same for everything; the answer is to be called after the commit. */
  invalidateAll(): Promise<() => Promise<void>>;
  /** Waits a moment for Redis: what is changed before it is there, others learn of late. */
  start(): Promise<void>;
  stop(): void;
}

/** For a read of the database, after which its value is not stored any more. */
const leaseMs = 5_000;
/** Longer than from a change to its commit, whatever that waits for. */
const blockMs = 60_000;

export interface ReadCacheOptions {
  readonly redis: Redis;
  readonly keyPrefix: string;
  /** How long a value may be read at most; 0 reads past the cache, and tells it of changes for the sake of others. */
  readonly ttlMs: number;
  /** What a call waits for Redis at most, and only while Redis seems to be well; 100 when absent. It answers in less than one. */
  readonly answerMs?: number;
  readonly reads: ReadRouter;
  readonly prisma: PrismaClient;
  readonly logger: Logger;
  readonly metrics: Registry;
}

export function createReadCache(options: ReadCacheOptions): ReadCache {
  return new RedisReadCache(options);
}

/**
 * A value is stored by the reader who holds the lease of its key, and only from the primary: it takes the lease before it
 * reads. A change takes the key before its commit, with which every lease ends, and frees it after the commit. So what was
 * read before a commit is never stored after it, and a process that dies in between leaves misses.
 */
class RedisReadCache implements ReadCache {
  private readonly redis: Redis;
  private readonly commands: ReturnType<typeof createCacheCommands>;
  private readonly guard: CacheGuard;
  private readonly reads: Counter<'object' | 'outcome'>;
  private readonly invalidations: Counter<'outcome'>;

  constructor(private readonly options: ReadCacheOptions) {
    const { keyPrefix, logger, metrics } = options;
    this.redis = impatientRedis(options.redis, options.answerMs ?? 100, (error) =>
      logger.debug({ err: error }, 'the cache lost Redis, reconnecting'),
    );
    this.commands = createCacheCommands(this.redis, `${keyPrefix}{cache}:generation`);
    this.guard = new CacheGuard(this.redis, this.commands, logger, metrics);
    this.reads = new Counter({
      name: 'florin_read_cache_reads_total',
      help: 'Reads of objects that are cached, by where they came from',
      labelNames: ['object', 'outcome'],
      registers: [metrics],
    });
    this.invalidations = new Counter({
      name: 'florin_read_cache_invalidations_total',
      help: 'Objects that were changed, by whether the cache could be told before',
      labelNames: ['outcome'],
      registers: [metrics],
    });
  }

  async find<T extends Viewable>(
    object: CachedObject,
    caller: Caller,
    load: (prisma: PrismaClient) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { reads, prisma, ttlMs } = this.options;
    if (ttlMs === 0) return load(await reads.for(caller));
    const key = this.keyOf(object);
    const token = randomUUID();
    const looked = await this.guard.attempt(() => this.commands.look(key, token, leaseMs));
    if (looked?.kind === 'hit') {
      this.reads.inc({ object: object.kind, outcome: 'hit' });
      return JSON.parse(looked.text) as T;
    }
    if (looked?.kind !== 'lease') {
      this.reads.inc({ object: object.kind, outcome: 'bypass' });
      return load(await reads.for(caller));
    }
    this.reads.inc({ object: object.kind, outcome: 'miss' });
    // A replica may not have a commit yet after which the lease was given.
    const found = await load(prisma);
    const text = found && JSON.stringify(found);
    void this.guard.attempt(() => this.commands.fill(key, token, text, looked.generation, ttlMs));
    return found;
  }

  async invalidate(unit: Pick<UnitOfWork, 'afterCommit'>, objects: readonly CachedObject[]): Promise<void> {
    if (objects.length === 0) return;
    const keys = [...new Set(objects.map((object) => this.keyOf(object)))];
    const token = randomUUID();
    const isTold = await this.guard.attempt(async () => {
      await this.commands.block(keys, token, blockMs);
      return true;
    });
    this.invalidations.inc({ outcome: isTold ? 'told' : 'owed' }, keys.length);
    unit.afterCommit(() => {
      if (isTold) void this.guard.attempt(() => this.commands.unblock(keys, token));
      else this.guard.owe();
    });
  }

  async invalidateAll(): Promise<() => Promise<void>> {
    const token = randomUUID();
    const isTold = await this.guard.attempt(async () => {
      await this.commands.blockAll(token, blockMs);
      return true;
    });
    return async () => {
      if (isTold) await this.guard.attempt(() => this.commands.renew(randomUUID(), generationMs, token));
      else this.guard.owe();
    };
  }

  start(): Promise<void> {
    return connectSoon(this.redis);
  }

  stop(): void {
    this.guard.stop();
    this.redis.disconnect();
  }

  /** With a hash tag, because a script of a cluster may touch keys of one slot only and ours touch several. */
  private keyOf({ kind, id }: CachedObject): string {
    return `${this.options.keyPrefix}{cache}:${kind}:${id.toLowerCase()}`;
  }
}
