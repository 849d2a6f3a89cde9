import type { Pool } from '@florin/database';
import type { Logger } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import type { FetchedRecord } from './delivery.js';
import { PermanentError } from './errors.js';

/** So many starts without an end, and the record is taken to be what kills the process. */
const maxStarts = 3;
/**
 * No transaction holds more than 500 records of a partition, and fewer than another 500 wait for the commit of
 * their offsets: the killer is among the first so many after a crash.
 */
const suspiciousRecords = 1_000;
/**
 * Partitions of a process that died reach others when its session in Kafka has expired: 10 s after its last heartbeat,
 * which came at most 3 s before. By then its run has been silent for longer than this.
 */
const silentAfterMs = 6_000;
const signEveryMs = 2_000;

/** Every attempt to handle the record ended the process. */
export class ProcessKillerError extends PermanentError {
  constructor() {
    super('process-killer', `the process ended ${maxStarts} times while it handled this message`);
    this.name = 'ProcessKillerError';
  }
}

/**
 * Finds the record that takes the process down with it (endless loop, out of memory, native crash). A consumer keeps a
 * sign of life of its run in the database and removes it when it stops cleanly. One that is assigned partitions and
 * finds a run that has fallen silent delivers the first records of each partition one by one, and counts a start before
 * each. Runs that are alive, as while scaling out or in a rolling deployment, are no reason for care.
 */
export class CarefulDelivery {
  private readonly runId = uuidv7();
  private readonly left = new Map<string, number>();
  private readonly knownSilent = new Set<string>();
  private careful = false;
  private turn: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly group: string,
    private readonly pool: Pool,
    private readonly logger: Logger,
  ) {}

  async begin(): Promise<void> {
    await this.giveSign();
    this.timer = setInterval(() => {
      this.giveSign().catch((error: Error) =>
        this.logger.warn({ err: error, group: this.group }, 'no sign of life of this consumer was stored'),
      );
    }, signEveryMs);
    this.timer.unref();
    // Parked messages are released without any assignment.
    await this.assess();
  }

  /** Has to be called whenever partitions were assigned: they may be those of a process that has died. */
  async assess(): Promise<void> {
    const { rows } = await this.pool.query<{ id: string }>({
      name: 'find-silent-runs',
      // All parts of the statement see the same snapshot: a run that is forgotten here is still found this once.
      text: `WITH forgotten AS (
               DELETE FROM consumer_run
               WHERE consumer_group = $1 AND seen_at < clock_timestamp() - interval '10 minutes')
             SELECT id FROM consumer_run
             WHERE consumer_group = $1 AND id <> $2
               AND seen_at < clock_timestamp() - $3 * interval '1 millisecond'`,
      values: [this.group, this.runId, silentAfterMs],
    });
    const unknown = rows.filter(({ id }) => !this.knownSilent.has(id));
    if (unknown.length === 0) return;
    for (const { id } of unknown) this.knownSilent.add(id);
    this.careful = true;
    this.left.clear();
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.pool.query({
      name: 'end-consumer-run',
      // What others have counted is theirs.
      text: `WITH own AS (DELETE FROM consumer_run WHERE id = $1)
             DELETE FROM delivery_start WHERE consumer_group = $2
               AND NOT EXISTS (SELECT FROM consumer_run WHERE consumer_group = $2 AND id <> $1)`,
      values: [this.runId, this.group],
    });
  }

  private async giveSign(): Promise<void> {
    await this.pool.query({
      name: 'sign-of-consumer-run',
      text: `INSERT INTO consumer_run (id, consumer_group) VALUES ($1, $2)
             ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()`,
      values: [this.runId, this.group],
    });
  }

  /** True while records of this partition have to be handled through `alone`. */
  isSuspicious(record: FetchedRecord): boolean {
    return this.careful && (this.left.get(laneOf(record)) ?? suspiciousRecords) > 0;
  }

  /**
   * Handles one record while no other record of the group is handled, so that a crash can have one cause only.
   * `handle` is told when the record was started again and again and never ended. Waiting for a provider and failing
   * are ends as well: only a process that is gone leaves its start behind.
   */
  alone<T extends { readonly done: number }>(
    record: FetchedRecord,
    handle: (killer: ProcessKillerError | undefined) => Promise<T>,
  ): Promise<T> {
    const turn = this.turn.then(async () => {
      const starts = await this.countStart(record);
      const killer = starts > maxStarts ? new ProcessKillerError() : undefined;
      let ended = killer === undefined;
      try {
        const result = await handle(killer);
        if (result.done > 0) this.trust(record);
        ended ||= result.done > 0;
        return result;
      } finally {
        // The verdict over a killer stands until it is in the dead-letter topic.
        if (ended) await this.forget(record);
      }
    });
    this.turn = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  private async countStart(record: FetchedRecord): Promise<number> {
    const { rows } = await this.pool.query<{ starts: number }>({
      name: 'count-delivery-start',
      text: `INSERT INTO delivery_start AS d (consumer_group, topic, partition, record_offset, starts)
             VALUES ($1, $2, $3, $4, 1)
             ON CONFLICT (consumer_group, topic, partition, record_offset) DO UPDATE SET starts = d.starts + 1
             RETURNING starts`,
      values: [this.group, sourceOf(record), record.partition, record.message.offset],
    });
    return rows[0]!.starts;
  }

  /** The record is finished; the partition is trusted again once enough of them are. */
  private trust(record: FetchedRecord): void {
    const lane = laneOf(record);
    this.left.set(lane, (this.left.get(lane) ?? suspiciousRecords) - 1);
  }

  private async forget(record: FetchedRecord): Promise<void> {
    const { offset } = record.message;
    await this.pool.query({
      name: 'forget-delivery-starts',
      text: `DELETE FROM delivery_start
             WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND record_offset BETWEEN $4 AND $5`,
      // Parked messages of several keys do not come in the order of their offsets: each ends for itself only.
      values: [this.group, sourceOf(record), record.partition, record.wasParked ? offset : 0, offset],
    });
  }
}

function laneOf(record: FetchedRecord): string {
  return `${sourceOf(record)}/${record.partition}`;
}

/** What was parked comes back beside its partition, and is counted beside it. */
function sourceOf({ topic, wasParked }: FetchedRecord): string {
  return wasParked ? `${topic} (parked)` : topic;
}
