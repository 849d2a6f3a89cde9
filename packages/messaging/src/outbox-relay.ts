import type { Pool } from '@florin/database';
import type { Logger } from '@florin/observability';
import { type IdRanges, joinRanges, noIds, toRanges } from './id-ranges.js';
import { isBrokerAway } from './kafka.js';
import type { MessagingMetrics } from './metrics.js';
import type { OrderedProducer } from './ordered-producer.js';
import { deleteRows, emptyBatch, type OutboxBatch, pick, selectBatch } from './outbox-batch.js';
import { OutboxFloor } from './outbox-floor.js';
import { type HeldShards, OutboxLease } from './outbox-lease.js';
import { OutboxVacuum } from './outbox-vacuum.js';
import { WakeUp } from './wake-up.js';

/** Rows that Kafka has acknowledged and that are still to be deleted. */
interface Sent {
  readonly rows: OutboxBatch;
  readonly ranges: IdRanges;
}

const minPollMs = 20;
const maxPollMs = 500;
const maxBackoffMs = 5_000;
const blockedShardMs = 5_000;

/**
 * Moves outbox rows to Kafka: select in id order, send, delete. There is no cursor over the ids, because
 * commits do not come in id order and a cursor would step over the late ones. A crash between send and delete sends
 * the batch again; inboxes make that harmless.
 */
export class OutboxRelay {
  private readonly lease: OutboxLease;
  private readonly floor: OutboxFloor;
  private readonly vacuum: OutboxVacuum;
  private readonly wakeUp = new WakeUp();
  private readonly stopSignal = new WakeUp();
  private stopping = false;
  private loop: Promise<void> | undefined;
  private healthy = false;
  private held: HeldShards = new Map();
  private readonly blockedUntilMs = new Map<number, number>();

  constructor(
    private readonly pool: Pool,
    private readonly producer: Pick<OrderedProducer, 'send'>,
    private readonly logger: Logger,
    private readonly metrics: MessagingMetrics,
  ) {
    this.lease = new OutboxLease(pool);
    this.floor = new OutboxFloor(pool);
    this.vacuum = new OutboxVacuum(pool, logger);
  }

  start(): void {
    this.loop = this.run();
  }

  /** Called after a commit that stored messages, so that they need not wait for the next poll. */
  wake(): void {
    this.wakeUp.signal();
  }

  /** True while the last cycle succeeded, be it as holder of the lease or as stand-by. */
  isHealthy(): boolean {
    return this.healthy;
  }

  /** Shards that this process publishes. */
  get leases(): number {
    return this.lease.count;
  }

  /** Publishes what is stored and gives the lease back. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wakeUp.signal();
    this.stopSignal.signal();
    await this.loop;
    await this.lease.release();
    // It may take longer than there is time to stop, and nobody has to wait for it.
    await this.vacuum.stop();
  }

  private async run(): Promise<void> {
    let pollMs = minPollMs;
    let failures = 0;
    for (;;) {
      // Read before the cycle: what was committed before `stop` is then published by the last cycle.
      const last = this.stopping;
      try {
        const published = await this.publishAll();
        this.healthy = true;
        failures = 0;
        if (last) return;
        pollMs = published > 0 ? minPollMs : Math.min(maxPollMs, pollMs * 2);
        // A cycle takes in the wake-up that `stop` has given.
        if (!this.stopping) await this.wakeUp.wait(pollMs);
      } catch (error) {
        this.healthy = false;
        this.floor.forget();
        failures++;
        this.logger.warn({ err: error, failures }, 'outbox relay could not publish, the rows stay');
        if (last) return;
        const backoffMs = Math.min(maxBackoffMs, 50 * 2 ** failures);
        // Commits go on during an outage: their wake-ups must not turn the back-off into a busy loop.
        await this.stopSignal.wait(backoffMs * (0.5 + Math.random() / 2));
      }
    }
  }

  /**
   * Publishes until nothing is left; returns how many rows, 0 as well while another process holds the leases. While a
   * batch is on its way to Kafka, the one before it is deleted and, when more is known to be there, the one after it is read.
   */
  private async publishAll(): Promise<number> {
    let published = 0;
    let sent: Sent | undefined;
    let batch = await this.select(noIds);
    while (batch.ids.length > 0) {
      const ranges = toRanges(batch.ids);
      const inFlight = sent ? joinRanges(sent.ranges, ranges) : ranges;
      const [, next, delivered] = await together([
        this.remove(sent),
        batch.isFull || this.wakeUp.isSignalled ? this.select(inFlight) : undefined,
        // kafkajs keeps the thread busy while it encodes; PostgreSQL should have its work before that.
        nextTurn().then(() => this.send(batch)),
      ]);
      published += delivered.ids.length;
      this.metrics.published.inc(delivered.ids.length);
      const complete = delivered.ids.length === batch.ids.length;
      sent = { rows: delivered, ranges: complete ? ranges : toRanges(delivered.ids) };
      if (complete && next) batch = next;
      // Behind a batch that lost a shard, what was read ahead of it may belong to that shard: read again.
      else if (!complete || this.wakeUp.isSignalled) batch = await this.select(sent.ranges);
      else break;
    }
    await this.remove(sent);
    return published;
  }

  private async select(inFlight: IdRanges): Promise<OutboxBatch> {
    // Whatever was committed before is seen by what follows.
    this.wakeUp.clear();
    const held = await this.hold();
    const nowMs = performance.now();
    const shards = [...held.keys()].filter((shard) => (this.blockedUntilMs.get(shard) ?? 0) <= nowMs);
    if (shards.length === 0) return emptyBatch(held);
    await this.floor.settle();
    const { settledId } = this.floor;
    const batch = await selectBatch(this.pool, held, shards, this.floor.of(shards), inFlight);
    this.floor.learn(settledId, batch.ids, inFlight);
    return batch;
  }

  private async hold(): Promise<HeldShards> {
    const before = this.held;
    this.held = await this.lease.hold();
    if (this.held !== before) {
      const gained = [...this.held].filter(([shard, epoch]) => before.get(shard) !== epoch).length;
      const lost = [...before].filter(([shard, epoch]) => this.held.get(shard) !== epoch).length;
      this.metrics.leaseChanges.inc({ change: 'gained' }, gained);
      this.metrics.leaseChanges.inc({ change: 'lost' }, lost);
    }
    return this.held;
  }

  /**
   * Sends a batch and returns the rows that Kafka has acknowledged. When the brokers answer but refuse, the shards are
   * sent one by one: only those that are refused again have to wait.
   */
  private async send(batch: OutboxBatch): Promise<OutboxBatch> {
    try {
      await this.producer.send(batch.messages);
      return batch;
    } catch (error) {
      if (isBrokerAway(error)) throw error;
      this.logger.warn({ err: error }, 'Kafka refused an outbox batch, its shards are sent one by one');
    }
    const delivered = new Set<number>();
    for (const shard of new Set(batch.shards)) {
      const own = batch.messages.filter((_, i) => batch.shards[i] === shard);
      try {
        await this.producer.send(own);
        delivered.add(shard);
      } catch (error) {
        if (isBrokerAway(error)) throw error;
        this.blockedUntilMs.set(shard, performance.now() + blockedShardMs);
        this.logger.error({ err: error, shard, topic: own[0]!.topic }, 'outbox shard is refused, it waits');
      }
    }
    return pick(batch, (i) => delivered.has(batch.shards[i]!));
  }

  private async remove(sent: Sent | undefined): Promise<void> {
    if (sent === undefined || sent.rows.ids.length === 0) return;
    const deleted = await deleteRows(this.pool, sent.ranges, sent.rows.held);
    this.vacuum.deleted(deleted);
    if (deleted !== sent.rows.ids.length) this.logger.warn('an outbox lease was lost while publishing');
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Waits for all, also after a failure: nothing of a failed cycle may still run when the next one starts. */
async function together<T extends unknown[]>(work: { [K in keyof T]: Promise<T[K]> | T[K] }): Promise<T> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as T;
}
