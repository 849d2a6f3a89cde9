import { hashApiKey, isWellFormedApiKey } from '@florin/contracts';
import type { Pool } from '@florin/database';
import { type ApiKeyCaller, Problem } from '@florin/http';
import type { Clock, Logger } from '@florin/observability';
import { every } from '@florin/runtime';
import { LRUCache } from 'lru-cache';
import { findApiKeys, type StoredApiKey } from '../db/find-api-keys.js';
import { secretExpiry } from '../domain/api-key-grant.js';
import { GateFullError, GroupCommitGate } from '../ingress/group-commit-gate.js';
import type { ApiKeyNews } from './api-key-news.js';
import { isLocalKey } from './local-api-keys.js';

/** What was read longer ago is not trusted: a revocation takes effect everywhere within this time, Redis or no Redis. */
const trustMs = 800;
/** Keys in use are read again in time, all in one statement, so that their callers never wait for it. */
const refreshMs = 300;
const maxKeys = 10_000;
const maxUnknown = 10_000;
const unknownMs = 5_000;
/** Of keys that are not in memory so many are looked up in one statement, and so many may wait for the next. */
const gateLimits = { maxBatch: 500, maxQueue: 5_000 };

interface Entry {
  readonly hash: Buffer;
  readonly caller: ApiKeyCaller;
  /** When the statement that it comes from began. */
  readonly readAt: number;
  used: boolean;
}

interface LookUp {
  readonly entry: Promise<Entry | undefined>;
  readonly since: number;
}

/**
 * Knows the callers behind API keys. Keys are remembered by their hash. A flood of unknown ones keeps one
 * connection busy at most, whatever its size: look-ups share statements, one at a time.
 *
 * The look-up is by the hash of what was sent, and nobody can choose a hash: how long it takes says nothing about the keys
 * that are stored.
 */
export class ApiKeyRegistry {
  private readonly entries = new LRUCache<string, Entry>({ max: maxKeys });
  private readonly unknown = new LRUCache<string, true>({ max: maxUnknown, ttl: unknownMs });
  private readonly underway = new Map<string, LookUp>();
  private readonly gate: GroupCommitGate<Buffer, Entry | undefined>;
  private readonly job;
  /** Grows with each piece of news: what was read before it may be outdated. */
  private edition = 0;

  constructor(
    private readonly options: {
      readonly pool: Pool;
      readonly news: ApiKeyNews;
      readonly clock: Clock;
      readonly logger: Logger;
      /** The local keys are public: they open nothing in production, not even when a database has them. */
      readonly isProduction: boolean;
    },
  ) {
    this.gate = new GroupCommitGate((hashes) => this.read(hashes), gateLimits);
    this.job = every(refreshMs, () => this.refresh(), { name: 'refresh-api-keys', logger: options.logger });
    options.news.onChange((keyIds) => this.forget(keyIds));
  }

  /** Undefined for a key that is unknown, revoked or expired. @throws Problem 503 when too many look-ups wait */
  async callerOf(key: string): Promise<ApiKeyCaller | undefined> {
    const isOurs = isLocalKey(key) ? !this.options.isProduction : isWellFormedApiKey(key);
    if (!isOurs) return undefined;
    const hash = hashApiKey(key);
    const id = hash.toString('base64');
    if (this.unknown.has(id)) return undefined;
    const known = this.entries.get(id);
    const entry = known && isRecent(known.readAt) ? known : await this.lookUp(id, hash);
    if (!entry) return undefined;
    entry.used = true;
    const { expiresAt } = entry.caller;
    return expiresAt === undefined || this.options.clock.now() < expiresAt ? entry.caller : undefined;
  }

  start(): void {
    this.job.start();
  }

  async stop(): Promise<void> {
    await this.job.stop();
  }

  /** Calls with the same key wait for the same look-up, unless it began too long ago to be trusted. */
  private lookUp(id: string, hash: Buffer): Promise<Entry | undefined> {
    const underway = this.underway.get(id);
    if (underway && isRecent(underway.since)) return underway.entry;
    const entry = this.gate
      .submit(hash)
      .catch((error: unknown) => {
        throw error instanceof GateFullError ? overloaded(error) : error;
      })
      .finally(() => {
        if (this.underway.get(id)?.entry === entry) this.underway.delete(id);
      });
    this.underway.set(id, { entry, since: performance.now() });
    return entry;
  }

  private async read(hashes: readonly Buffer[]): Promise<readonly (Entry | undefined)[]> {
    const { edition } = this;
    const readAt = performance.now();
    const found = await findApiKeys(this.options.pool, hashes);
    // News that came meanwhile may be about one of these keys. The calls that wait for this statement began before the
    // news; for others it must not be remembered.
    const isCurrent = edition === this.edition;
    return hashes.map((hash) => {
      const id = hash.toString('base64');
      const stored = found.get(id);
      if (!stored) {
        this.entries.delete(id);
        this.unknown.set(id, true);
        return undefined;
      }
      const entry = { hash, caller: callerOf(stored, hash), readAt, used: false };
      if (isCurrent) this.entries.set(id, entry);
      return entry;
    });
  }

  /** Reads the keys again that were used since the last time. The others are read when they are used. */
  private async refresh(): Promise<void> {
    const used = [...this.entries.values()].filter((entry) => entry.used);
    for (let i = 0; i < used.length; i += gateLimits.maxBatch) {
      await this.read(used.slice(i, i + gateLimits.maxBatch).map(({ hash }) => hash));
    }
  }

  private forget(keyIds: readonly string[]): void {
    this.edition += 1;
    // Calls from now on must not join a look-up that began before the change.
    this.underway.clear();
    const changed = new Set(keyIds);
    for (const [id, { caller }] of this.entries) if (changed.has(caller.keyId)) this.entries.delete(id);
  }
}

function isRecent(since: number): boolean {
  return performance.now() - since < trustMs;
}

function callerOf(stored: StoredApiKey, secretHash: Buffer): ApiKeyCaller {
  const { id, scopes, expiresAt, overlapEndsAt } = stored;
  const until = secretExpiry(expiresAt, overlapEndsAt);
  return {
    kind: 'api-key',
    keyId: id,
    scopes: new Set(scopes),
    secretHash,
    ...(until === null ? {} : { expiresAt: until }),
  };
}

function overloaded(cause: GateFullError): Problem {
  return new Problem(503, 'overloaded', 'Too many requests at once; try again in a moment.', {
    headers: { 'Retry-After': '1' },
    cause,
  });
}
