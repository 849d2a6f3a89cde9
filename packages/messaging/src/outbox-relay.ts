import type { Pool } from '@florin/database';
import type { Logger } from '@florin/observability';
import { CommittedRows } from './committed-rows.js';
import type { IdRange } from './id-ranges.js';
import { isBrokerAway } from './kafka.js';
import type { MessagingMetrics } from './metrics.js';
import { nextTurn } from './next-turn.js';
import type { OrderedProducer } from './ordered-producer.js';
import type { OutboxRow } from './outbox.js';
import { batchLimits, batchOf, emptyBatch, type OutboxBatch, pick, selectBatch } from './outbox-batch.js';
import { OutboxFloor } from './outbox-floor.js';
import { type HeldShards, OutboxLease } from './outbox-lease.js';
import { outboxShards } from './outbox-shard.js';
import { SentRows } from './sent-rows.js';
import { WakeUp } from './wake-up.js';

const minPollMs = 20;
const maxPollMs = 500;
const maxBackoffMs = 5_000;
const blockedShardMs = 5_000;
/** Whatever is wrong with what the relay believes and was not noticed, a sequence that was set back for example, lasts no longer. */
const forgetEveryMs = 60_000;

/**
 * Moves outbox rows to Kafka: take in id order, send, delete. What this process has committed itself is sent as it is when it is
 * known that nothing comes before it (`CommittedRows`), everything else is read from the table. There is no cursor over the ids, because
 * commits do not come in id order and a cursor would step over the late ones. A crash between send and delete sends
 * the rows again; inboxes make that harmless.
 */
export class OutboxRelay {
  private readonly lease: OutboxLease;
  private readonly floor: OutboxFloor;
  private readonly own = new CommittedRows(batchLimits);
  private readonly sent: SentRows;
  private readonly wakeUp = new WakeUp();
  private readonly stopSignal = new WakeUp();
  private stopping = false;
  private loop: Promise<void> | undefined;
  private healthy = false;
  private held: HeldShards = new Map();
  private readonly blockedUntilMs = new Map<number, number>();
  private forgottenAtMs = 0;
  /** Rows were found that this process did not know of: there may be more. */
  private hasFoundOthers = false;

  constructor(
    private readonly pool: Pool,
    private readonly producer: Pick<OrderedProducer, 'send'>,
    private readonly logger: Logger,
    private readonly metrics: MessagingMetrics,
  ) {
    this.lease = new OutboxLease(pool);
    this.floor = new OutboxFloor(pool);
    this.sent = new SentRows(pool, logger);
  }

  start(): void {
    this.loop = this.run();
  }

  /** Rows of this process have been committed: they need not wait for the next poll. */
  committed(rows: readonly OutboxRow[], ids: IdRange): void {
    this.own.add(rows, ids);
    this.wake();
  }

  /** Looks for rows at once. */
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
    await this.sent.stop();
  }

  private async run(): Promise<void> {
    let pollMs = minPollMs;
    let failures = 0;
    for (;;) {
      // Read before the cycle: what was committed before `stop` is then published by the last cycle.
      const last = this.stopping;
      try {
        // Whatever is stored has to go now.
        if (last) this.forget();
        await this.publishAll();
        this.healthy = true;
        failures = 0;
        if (last) {
          await this.removeSent();
          return;
        }
        // Who knows of all rows in time need not look for them often.
        pollMs = this.hasFoundOthers ? minPollMs : Math.min(maxPollMs, pollMs * 2);
        // A cycle takes in the wake-up that `stop` has given.
        if (!this.stopping) await this.rest(pollMs);
      } catch (error) {
        this.healthy = false;
        if (isBrokerAway(error)) this.sent.giveUp();
        else this.sent.forget();
        this.forget();
        failures++;
        this.logger.warn({ err: error, failures }, 'outbox relay could not publish, the rows stay');
        if (last) return;
        const backoffMs = Math.min(maxBackoffMs, 50 * 2 ** failures);
        // Commits go on during an outage: their wake-ups must not turn the back-off into a busy loop.
        await this.stopSignal.wait(backoffMs * (0.5 + Math.random() / 2));
      }
    }
  }

  /** Until there is something to publish, or `pollMs` have passed; what is sent is deleted meanwhile. */
  private async rest(pollMs: number): Promise<void> {
    const pollAtMs = performance.now() + pollMs;
    for (;;) {
      if (performance.now() >= this.sent.dueAtMs) await this.removeSent();
      const nowMs = performance.now();
      if (nowMs >= pollAtMs) return;
      if (await this.wakeUp.wait(Math.min(pollAtMs, this.sent.dueAtMs) - nowMs)) return;
    }
  }

  /**
   * Publishes until nothing is left, or while another process holds the leases. While a batch is on its way to Kafka, what was
   * sent before it is deleted and, when more is known to be there, the batch after it is taken.
   */
  private async publishAll(): Promise<void> {
    this.hasFoundOthers = false;
    let batch = await this.take();
    while (batch.ids.length > 0) {
      this.sent.begin(batch);
      const [, next, delivered] = await together([
        performance.now() >= this.sent.dueAtMs ? this.removeSent() : undefined,
        batch.hasMore || this.wakeUp.isSignalled ? this.take() : undefined,
        // kafkajs keeps the thread busy while it encodes; PostgreSQL should have its work before that.
        nextTurn().then(() => this.send(batch)),
      ]);
      this.metrics.published.inc(delivered.ids.length);
      this.sent.acknowledge(delivered);
      const isComplete = delivered.ids.length === batch.ids.length;
      // Behind a batch that lost a shard, what was taken ahead of it may belong to that shard: take again.
      if (!isComplete) this.own.forget();
      if (isComplete && next) batch = next;
      else if (!isComplete || this.wakeUp.isSignalled) batch = await this.take();
      else break;
    }
  }

  private async take(): Promise<OutboxBatch> {
    const held = await this.hold();
    // Whatever was committed before is seen by what follows.
    this.wakeUp.clear();
    const nowMs = performance.now();
    if (nowMs - this.forgottenAtMs > forgetEveryMs) this.forget();
    const shards = [...held.keys()].filter((shard) => (this.blockedUntilMs.get(shard) ?? 0) <= nowMs);
    if (shards.length === 0) return emptyBatch(held);
    const rows = this.own.take();
    return rows ? batchOf(rows, held) : this.read(held, shards);
  }

  private async read(held: HeldShards, shards: readonly number[]): Promise<OutboxBatch> {
    await this.floor.settle();
    const { settledId } = this.floor;
    const { inFlight } = this.sent;
    const floor = Math.max(this.floor.of(shards), this.own.floor);
    const batch = await selectBatch(this.pool, held, shards, floor, inFlight);
    this.floor.learn(settledId, batch.ids, inFlight);
    if (this.own.read(batch.ids, !batch.hasMore)) this.hasFoundOthers = true;
    // Of what is settled a batch of all shards that is not full has everything.
    if (!batch.hasMore && shards.length === outboxShards) this.own.settle(settledId);
    return batch;
  }

  /** What is believed of the table is learnt anew. */
  private forget(): void {
    this.forgottenAtMs = performance.now();
    this.floor.forget();
    this.own.forget();
  }

  private async hold(): Promise<HeldShards> {
    const before = this.held;
    this.held = await this.lease.hold();
    if (this.held !== before) {
      const gained = [...this.held].filter(([shard, epoch]) => before.get(shard) !== epoch).length;
      const lost = [...before].filter(([shard, epoch]) => this.held.get(shard) !== epoch).length;
      this.metrics.leaseChanges.inc({ change: 'gained' }, gained);
      this.metrics.leaseChanges.inc({ change: 'lost' }, lost);
      // What others have published in between would be sent again.
      if (gained + lost > 0) this.own.forget();
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

  private async removeSent(): Promise<void> {
    if (await this.sent.remove()) return;
    this.logger.warn(
      'published outbox rows were not there any more, or not ours: a lease was lost, or a delete not answered',
    );
    // Who held the lease meanwhile may have left rows that are taken for published.
    this.forget();
  }
}

/** Waits for all, also after a failure: nothing of a failed cycle may still run when the next one starts. */
async function together<T extends unknown[]>(work: { [K in keyof T]: Promise<T[K]> | T[K] }): Promise<T> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as T;
}
