import { type IdRange, toRanges } from './id-ranges.js';
import type { OutboxRow } from './outbox.js';

export interface TakenRows {
  readonly ids: readonly number[];
  readonly rows: readonly OutboxRow[];
  /** There is more that may go, or has to be read. */
  readonly hasMore: boolean;
}

export interface BatchLimits {
  readonly rows: number;
  /** A batch ends with the row that takes it past this. */
  readonly bytes: number;
}

const maxWaitingBytes = 4 * 1024 * 1024;
const maxWaitingSets = 5_000;
const maxRuns = 1_000;

/**
 * Outbox rows that this process has just committed, and that may be published without being read from the table.
 *
 * A row may go when no earlier row of its key can still be in the table. Who writes for a key holds a lock until its transaction has
 * committed, and draws its ids after it was given the lock: an earlier row has a lower id. So it is enough to know of every lower id
 * that it is on its way or that there is no such row, and that is so as long as the ids that this process has drawn follow one another without
 * a gap. Whoever else draws one, another instance or a transaction that rolls back, leaves a gap, and what is behind it has to be read.
 */
export class CommittedRows {
  /** Of this id and all below it nothing is left to be taken; undefined when it is not known. */
  private end: number | undefined;
  /** Taken behind a gap: in ascending order, none next to another. */
  private runs: IdRange[] = [];
  private readonly waiting = new Map<number, readonly OutboxRow[]>();
  private waitingBytes = 0;
  /** There are rows that were not kept and have not been read since. */
  private hasRefused = false;

  constructor(private readonly limits: BatchLimits) {}

  /** The lowest id that may still have to be taken; 0 when that is not known. */
  get floor(): number {
    return this.end === undefined ? 0 : this.end + 1;
  }

  /**
   * Takes note of rows after their commit. What is not kept is read from the table, as rows of others are.
   * @param drawn the lowest id that their INSERT has drawn, and the highest; somebody else may have drawn one in between
   */
  add(rows: readonly OutboxRow[], drawn: IdRange): void {
    const { first, last } = drawn;
    if (this.end === undefined || last <= this.end) return;
    const taken = this.runs.find((run) => run.first <= last && first <= run.last);
    if (taken && taken.first <= first && last <= taken.last) return;
    const isContinuous = last - first + 1 === rows.length;
    if (!isContinuous || taken || first <= this.end || this.waiting.size >= maxWaitingSets) {
      this.hasRefused = true;
      return;
    }
    this.waitingBytes += bytesOf(rows);
    if (this.waitingBytes > maxWaitingBytes) this.forget();
    else this.waiting.set(first, rows);
  }

  /** The rows that may go now, in the order of their ids; undefined when there are none. */
  take(): TakenRows | undefined {
    if (this.end === undefined) return undefined;
    const ids: number[] = [];
    const rows: OutboxRow[] = [];
    let bytes = 0;
    const isFull = (): boolean => rows.length >= this.limits.rows || bytes >= this.limits.bytes;
    for (
      let next = this.waiting.get(this.end + 1);
      next && !isFull();
      next = this.waiting.get(this.end + 1)
    ) {
      this.waiting.delete(this.end + 1);
      let count = 0;
      for (; count < next.length && !isFull(); count++) {
        ids.push(++this.end);
        rows.push(next[count]!);
        bytes += next[count]!.value.length;
      }
      if (count < next.length) this.waiting.set(this.end + 1, next.slice(count));
      this.advance();
    }
    this.waitingBytes -= bytes;
    if (rows.length === 0) return undefined;
    return { ids, rows, hasMore: this.waiting.size > 0 || this.hasRefused };
  }

  /**
   * These rows were read from the table instead.
   * @param ids in ascending order
   * @param isComplete all that there was when they were read
   * @returns true when some of them are not of this process, or were not known to be
   */
  read(ids: readonly number[], isComplete: boolean): boolean {
    if (isComplete) this.hasRefused = false;
    const { first, last } = toRanges(ids);
    first.forEach((id, i) => {
      this.mark({ first: id, last: last[i]! });
    });
    this.advance();
    const own = this.dropTaken();
    if (this.runs.length > maxRuns) this.forget();
    return own < ids.length;
  }

  /** Everything up to this id has been taken, or rolled back. */
  settle(id: number): void {
    this.end = Math.max(this.end ?? 0, id);
    this.advance();
    this.dropTaken();
  }

  /** Something taken was not published, or others have published meanwhile: all has to be read again. */
  forget(): void {
    this.end = undefined;
    this.runs = [];
    this.waiting.clear();
    this.waitingBytes = 0;
    this.hasRefused = false;
  }

  /** Keeps what was taken, joined with the runs beside it. */
  private mark({ first, last }: IdRange): void {
    // What is read is mostly the newest.
    let at = this.runs.length;
    while (at > 0 && this.runs[at - 1]!.last >= first - 1) at--;
    let end = at;
    while (end < this.runs.length && this.runs[end]!.first <= last + 1) end++;
    const joined = [...this.runs.slice(at, end), { first, last }];
    this.runs.splice(at, end - at, {
      first: Math.min(...joined.map((run) => run.first)),
      last: Math.max(...joined.map((run) => run.last)),
    });
  }

  /** Moves the end over the runs that it has reached. */
  private advance(): void {
    if (this.end === undefined) return;
    for (let run = this.runs[0]; run && run.first <= this.end + 1; run = this.runs[0]) {
      this.end = Math.max(this.end, run.last);
      this.runs.shift();
    }
  }

  /** Drops what begins with a row that was taken, because the rest of it is read as well; returns how many rows. */
  private dropTaken(): number {
    let dropped = 0;
    for (const [first, rows] of this.waiting) {
      const isTaken = first < this.floor || this.runs.some((run) => run.first <= first && first <= run.last);
      if (!isTaken) continue;
      this.waiting.delete(first);
      this.waitingBytes -= bytesOf(rows);
      dropped += rows.length;
    }
    return dropped;
  }
}

function bytesOf(rows: readonly OutboxRow[]): number {
  return rows.reduce((sum, { value }) => sum + value.length, 0);
}
