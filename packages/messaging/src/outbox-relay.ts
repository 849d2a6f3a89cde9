import type { Pool } from '@florin/database';
import type { Logger } from '@florin/observability';
import { isBrokerAway } from './kafka.js';
import type { MessagingMetrics } from './metrics.js';
import type { OrderedProducer } from './ordered-producer.js';
import { OutboxLease } from './outbox-lease.js';
import type { AddressedMessage } from './topic-messages.js';
import { WakeUp } from './wake-up.js';

interface PendingRow {
  readonly id: number;
  readonly shard: number;
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly traceparent: string | null;
}

const batchRows = 1_000;
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
  private readonly wakeUp = new WakeUp();
  private stopping = false;
  private loop: Promise<void> | undefined;
  private healthy = false;
  private readonly blockedUntilMs = new Map<number, number>();

  constructor(
    private readonly pool: Pool,
    private readonly producer: Pick<OrderedProducer, 'send'>,
    private readonly logger: Logger,
    private readonly metrics: MessagingMetrics,
  ) {
    this.lease = new OutboxLease(pool);
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
    await this.loop;
    await this.lease.release();
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
        await this.wakeUp.wait(pollMs);
      } catch (error) {
        this.healthy = false;
        failures++;
        this.logger.warn({ err: error, failures }, 'outbox relay could not publish, the rows stay');
        if (last) return;
        const backoffMs = Math.min(maxBackoffMs, 50 * 2 ** failures);
        await this.wakeUp.wait(backoffMs * (0.5 + Math.random() / 2));
      }
    }
  }

  /**
   * Publishes until nothing is left; returns how many rows, 0 as well while another process holds the leases. While a
   * batch is on its way to Kafka, the one before it is deleted and the one after it is read.
   */
  private async publishAll(): Promise<number> {
    let published = 0;
    let sent: readonly PendingRow[] = [];
    let batch = await this.select([]);
    while (batch.length > 0) {
      const [delivered, , next] = await together([
        this.send(batch),
        this.remove(sent),
        this.select([...sent, ...batch]),
      ]);
      published += delivered.length;
      this.metrics.published.inc(delivered.length);
      sent = delivered;
      // Behind a batch that lost a shard, what was read ahead of it may belong to that shard: read again.
      batch = delivered.length === batch.length ? next : await this.select(sent);
    }
    await this.remove(sent);
    return published;
  }

  private async select(except: readonly PendingRow[]): Promise<PendingRow[]> {
    const held = await this.lease.hold();
    const nowMs = performance.now();
    const shards = [...held.keys()].filter((shard) => (this.blockedUntilMs.get(shard) ?? 0) <= nowMs);
    if (shards.length === 0) return [];
    const { rows } = await this.pool.query<PendingRow>({
      name: 'select-outbox',
      text: `SELECT id, shard, topic, key, value, traceparent FROM outbox
             WHERE shard = ANY ($1::smallint[]) AND id <> ALL ($2::bigint[]) ORDER BY id LIMIT ${batchRows}`,
      values: [shards, except.map((row) => row.id)],
    });
    return rows;
  }

  /**
   * Sends a batch and returns the rows that Kafka has acknowledged. When the brokers answer but refuse, the shards are
   * sent one by one: only those that are refused again have to wait.
   */
  private async send(batch: readonly PendingRow[]): Promise<readonly PendingRow[]> {
    try {
      await this.producer.send(batch.map(addressed));
      return batch;
    } catch (error) {
      if (isBrokerAway(error)) throw error;
      this.logger.warn({ err: error }, 'Kafka refused an outbox batch, its shards are sent one by one');
    }
    const delivered: PendingRow[] = [];
    for (const [shard, rows] of byShard(batch)) {
      try {
        await this.producer.send(rows.map(addressed));
        delivered.push(...rows);
      } catch (error) {
        if (isBrokerAway(error)) throw error;
        this.blockedUntilMs.set(shard, performance.now() + blockedShardMs);
        this.logger.error({ err: error, shard, topic: rows[0]!.topic }, 'outbox shard is refused, it waits');
      }
    }
    return delivered;
  }

  /** Deletes published rows under the fence: after a lost lease they are the next holder's to publish and delete. */
  private async remove(rows: readonly PendingRow[]): Promise<void> {
    if (rows.length === 0) return;
    const held = await this.lease.hold();
    const { rowCount } = await this.pool.query({
      name: 'delete-outbox',
      text: `DELETE FROM outbox USING unnest($2::smallint[], $3::bigint[]) AS held (shard, epoch)
               JOIN outbox_lease lease ON lease.shard = held.shard AND lease.epoch = held.epoch
             WHERE outbox.id = ANY ($1::bigint[]) AND outbox.shard = held.shard`,
      values: [rows.map((row) => row.id), [...held.keys()], [...held.values()]],
    });
    if (rowCount !== rows.length) this.logger.warn('an outbox lease was lost while publishing');
  }
}

function byShard(rows: readonly PendingRow[]): Map<number, PendingRow[]> {
  const shards = new Map<number, PendingRow[]>();
  for (const row of rows) {
    const own = shards.get(row.shard);
    if (own) own.push(row);
    else shards.set(row.shard, [row]);
  }
  return shards;
}

/** Waits for all, also after a failure: nothing of a failed cycle may still run when the next one starts. */
async function together<T extends unknown[]>(work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as T;
}

function addressed(row: PendingRow): AddressedMessage {
  const headers = row.traceparent === null ? undefined : { traceparent: row.traceparent };
  return { topic: row.topic, message: { key: row.key, value: row.value, headers } };
}
