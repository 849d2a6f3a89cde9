import type { Pool } from '@florin/database';
import { v7 as uuidv7 } from 'uuid';
import type { FetchedRecord } from './delivery.js';
import { PermanentError } from './errors.js';

/** So many starts without an end, and the record is taken to be what kills the process. */
const maxStarts = 3;
/** No transaction holds more records of a partition, so the killer is among the first so many after a crash. */
const suspiciousRecords = 500;

/** Every attempt to handle the record ended the process. */
export class ProcessKillerError extends PermanentError {
  constructor() {
    super('process-killer', `the process ended ${maxStarts} times while it handled this message`);
    this.name = 'ProcessKillerError';
  }
}

/**
 * Finds the record that takes the process down with it (endless loop, out of memory, native crash). A consumer that
 * stops cleanly removes its run; one that finds a run left behind delivers the first records of each partition one
 * by one, and counts a start before each. In normal operation this costs two statements a process.
 */
export class CarefulDelivery {
  private readonly runId = uuidv7();
  private readonly left = new Map<string, number>();
  private careful = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly group: string,
    private readonly pool: Pool,
  ) {}

  async begin(): Promise<void> {
    const { rows } = await this.pool.query<{ others: number }>(
      // All parts of the statement see the same snapshot: a run that is forgotten here still counts this once, and
      // the own run does not.
      `WITH forgotten AS (
         DELETE FROM consumer_run WHERE consumer_group = $1 AND started_at < clock_timestamp() - interval '10 minutes'
         RETURNING id),
       own AS (INSERT INTO consumer_run (id, consumer_group) VALUES ($2, $1))
       SELECT count(*) AS others FROM consumer_run WHERE consumer_group = $1`,
      [this.group, this.runId],
    );
    this.careful = rows[0]!.others > 0;
  }

  async end(): Promise<void> {
    await this.pool.query(
      `WITH own AS (DELETE FROM consumer_run WHERE id = $1)
       DELETE FROM delivery_start WHERE consumer_group = $2`,
      [this.runId, this.group],
    );
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
