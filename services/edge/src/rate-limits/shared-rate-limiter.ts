import type { RateLimiter, RateVerdict } from '@florin/http';
import { Counter, Gauge, type Logger, type Registry } from '@florin/observability';
import { LRUCache } from 'lru-cache';
import { grant, type Rate } from '../domain/rate.js';
import type { LeaseClient } from './lease-script.js';

/** Routes of callers and addresses that are remembered here. Whoever falls out of it starts with a new lease. */
const maxEntries = 100_000;
/** An instance takes from Redis at once what the rate gives in this time; slow rates are taken call by call. */
const leaseWorthMs = 10;
/** A lease that is not used up until then is given up: other instances may need it. */
const leaseMs = 5_000;
/** After a failure nobody asks Redis for so long; then one asks and nobody waits for it. */
const probeEveryMs = 1_000;

interface Entry {
  readonly rate: Rate;
  readonly key: string;
  /** Calls that have been taken from the shared quota and not been used. */
  leased: number;
  leaseEndsAt: number;
  /** What the shared quota held when Redis was last asked. */
  sharedRemaining: number;
  fullAt: number;
  /** The shared quota is used up until then. */
  blockedUntil: number;
  /** Calls that wait for a lease. */
  waiting: number;
  fetching: Promise<boolean> | undefined;
  /** State of the local limit. */
  localFullAt: number | undefined;
}

export interface SharedRateLimiterOptions {
  readonly leases: LeaseClient;
  /** By policy. */
  readonly rates: Readonly<Record<string, Rate>>;
  readonly policyOf: RateLimiter['policyOf'];
  readonly keyPrefix: string;
  readonly logger: Logger;
  readonly metrics: Registry;
}

/**
 * Quotas that all instances share in Redis, taken in leases of ten milliseconds' worth: at 10,000 calls a second a busy caller
 * costs a round trip every hundred calls, and the next lease is fetched before the last one ends. No call is admitted that
 * Redis has not granted; what is left of a lease may be used a little later than it was granted.
 *
 * While Redis is away or slow, each instance applies the whole quota by itself. Whoever asks Redis when it goes away waits
 * for one timeout of its client; after that nobody waits until it answers again.
 */
export class SharedRateLimiter implements RateLimiter {
  private readonly entries = new LRUCache<string, Entry>({ max: maxEntries });
  readonly policyOf: RateLimiter['policyOf'];
  private readonly descriptions: Readonly<Record<string, string>>;
  private readonly limited: Counter<'policy'>;
  private readonly isLocal: Gauge;
  private local = false;
  private nextProbeAt = 0;

  constructor(private readonly options: SharedRateLimiterOptions) {
    const { rates, metrics } = options;
    const described = Object.entries(rates).map(([policy, { quota, windowMs }]) => [
      policy,
      `"${policy}";q=${quota};w=${Math.max(1, Math.ceil(windowMs / 1_000))}`,
    ]);
    this.descriptions = Object.fromEntries(described);
    this.policyOf = options.policyOf;
    this.limited = new Counter({
      name: 'florin_rate_limited_total',
      help: 'Calls that were refused because a quota was used up',
      labelNames: ['policy'],
      registers: [metrics],
    });
    this.isLocal = new Gauge({
      name: 'florin_rate_limit_local',
      help: '1 while Redis is away and this instance limits by itself',
      registers: [metrics],
    });
  }

  describe(policy: string): string {
    return this.descriptions[policy]!;
  }

  take(policy: string, partition: string): RateVerdict | Promise<RateVerdict> {
    const entry = this.entryOf(policy, partition);
    const now = performance.now();
    return this.takeHere(policy, entry, now) ?? this.takeShared(policy, entry);
  }

  exhausted(policy: string, partition: string): RateVerdict | undefined {
    const entry = this.entries.peek(`${policy}:${partition}`);
    const now = performance.now();
    if (!entry || entry.blockedUntil <= now) return undefined;
    return this.refuse(policy, entry, now);
  }

  private entryOf(policy: string, partition: string): Entry {
    const id = `${policy}:${partition}`;
    const known = this.entries.get(id);
    if (known) return known;
    const entry: Entry = {
      rate: this.options.rates[policy]!,
      key: `${this.options.keyPrefix}rate:${id}`,
      leased: 0,
      leaseEndsAt: 0,
      sharedRemaining: 0,
      fullAt: 0,
      blockedUntil: 0,
      waiting: 0,
      fetching: undefined,
      localFullAt: undefined,
    };
    this.entries.set(id, entry);
    return entry;
  }

  /** Decides by what is known here; undefined when Redis has to be asked. */
  private takeHere(policy: string, entry: Entry, now: number): RateVerdict | undefined {
    if (entry.leased > 0 && entry.leaseEndsAt > now) {
      entry.leased--;
      if (this.isRunningOut(entry, now)) void this.fetch(entry);
      return admitted(entry, now);
    }
    if (this.local) {
      if (this.nextProbeAt <= now) void this.fetch(entry);
      return this.takeLocal(policy, entry, now);
    }
    return entry.blockedUntil > now ? this.refuse(policy, entry, now) : undefined;
  }

  /** A lease of one is never fetched ahead: whoever calls seldom would lose every other call of the quota by it. */
  private isRunningOut(entry: Entry, now: number): boolean {
    const isLow = entry.leased > 0 && entry.leased < leaseOf(entry.rate) / 2;
    return isLow && !this.local && entry.blockedUntil <= now;
  }

  private async takeShared(policy: string, entry: Entry): Promise<RateVerdict> {
    for (;;) {
      entry.waiting++;
      // Those that arrive meanwhile wait for the same answer, and ask together when it was not enough for all of them.
      await this.fetch(entry);
      entry.waiting--;
      const verdict = this.takeHere(policy, entry, performance.now());
      if (verdict) return verdict;
    }
  }

  private takeLocal(policy: string, entry: Entry, now: number): RateVerdict {
    const { granted, remaining, fullAt, nextAt } = grant(entry.rate, entry.localFullAt, 1, now);
    entry.localFullAt = fullAt;
    entry.fullAt = fullAt;
    entry.sharedRemaining = remaining;
    if (granted === 1) return admitted(entry, now);
    entry.blockedUntil = nextAt;
    return this.refuse(policy, entry, now);
  }

  private fetch(entry: Entry): Promise<boolean> {
    entry.fetching ??= this.fetchLease(entry).finally(() => {
      entry.fetching = undefined;
    });
    return entry.fetching;
  }

  private async fetchLease(entry: Entry): Promise<boolean> {
    this.nextProbeAt = performance.now() + probeEveryMs;
    try {
      const wanted = Math.max(leaseOf(entry.rate), entry.waiting);
      const lease = await this.options.leases.lease(entry.key, entry.rate, wanted);
      const now = performance.now();
      if (entry.leaseEndsAt <= now) entry.leased = 0;
      entry.leased += lease.granted;
      entry.leaseEndsAt = now + leaseMs;
      entry.sharedRemaining = lease.remaining;
      entry.fullAt = now + lease.fullInMs;
      entry.blockedUntil = lease.granted > 0 ? 0 : now + Math.max(1, lease.nextInMs);
      this.setLocal(false);
      return true;
    } catch (error) {
      if (!this.local) this.options.logger.warn({ err: error }, 'Redis is away, rates are limited locally');
      this.setLocal(true);
      return false;
    }
  }

  private setLocal(local: boolean): void {
    if (this.local === local) return;
    this.local = local;
    this.isLocal.set(local ? 1 : 0);
  }

  private refuse(policy: string, entry: Entry, now: number): RateVerdict {
    this.limited.inc({ policy });
    return {
      admitted: false,
      remaining: 0,
      resetSeconds: secondsUntil(entry.fullAt, now),
      retryAfterSeconds: Math.max(1, secondsUntil(entry.blockedUntil, now)),
    };
  }
}

function leaseOf(rate: Rate): number {
  return Math.max(1, Math.floor((rate.quota * leaseWorthMs) / rate.windowMs));
}

function admitted(entry: Entry, now: number): RateVerdict {
  return {
    admitted: true,
    remaining: entry.sharedRemaining + entry.leased,
    resetSeconds: secondsUntil(entry.fullAt, now),
    retryAfterSeconds: 0,
  };
}

function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1_000));
}
