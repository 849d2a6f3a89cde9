import { isDatabaseOutage } from '@florin/database';

export interface GateOptions {
  /** Items that share one commit. */
  readonly maxBatch: number;
  /** Items that may wait; more are refused at once, so that an overloaded edge answers fast instead of late. */
  readonly maxQueue: number;
  /** How long a batch waits, at most, for an outcome of the one before it. Without it none waits. */
  readonly holdMs?: number;
  /** Called for each batch that is held. */
  readonly onHold?: () => void;
}

/** The gate is full: the caller is told to come back later. */
export class GateFullError extends Error {
  readonly code = 'overloaded';
  constructor() {
    super('too many requests wait for a commit');
    this.name = 'GateFullError';
  }
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out) => void;
  readonly reject: (error: unknown) => void;
  readonly outcome: Promise<unknown> | undefined;
}

/**
 * Group commit: what arrives while one commit runs shares the next one. A lone request waits for nobody and pays a single
 * commit, and the batch grows by itself under load.
 *
 * With `holdMs` a batch that is not full also waits until the first outcome of the batch before it is known, as Nagle's
 * algorithm does with small segments (RFC 896). Every batch makes each service behind the gate fetch, commit and publish, which costs
 * about the same for one item as for twenty: batches that follow each other closely share the processors without getting ahead.
 */
export class GroupCommitGate<In, Out> {
  private queue: Waiting<In, Out>[] = [];
  private running: Promise<void> | undefined;
  /** Resolves when the next batch may follow the last one; undefined when it may. */
  private ahead: Promise<void> | undefined;

  /** `commit` answers one result for each item, in order, once all of them are durable. */
  constructor(
    private readonly commit: (items: readonly In[]) => Promise<readonly Out[]>,
    private readonly options: GateOptions,
  ) {}

  /**
   * @param outcome of the item, which is somebody else's work after its commit: undefined when it remains unknown. Left out when
   * nobody here waits for it
   * @throws GateFullError when the queue is full, or whatever the commit of the item failed with.
   */
  submit(item: In, outcome?: Promise<unknown>): Promise<Out> {
    if (this.queue.length >= this.options.maxQueue) return Promise.reject(new GateFullError());
    return new Promise((resolve, reject) => {
      this.queue.push({ item, resolve, reject, outcome });
      this.running ??= this.drain();
    });
  }

  /** Resolves when everything submitted so far is committed or refused. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async drain(): Promise<void> {
    // Requests that were read from their sockets in the same turn of the event loop join the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      if (this.ahead && this.queue.length < this.options.maxBatch) {
        this.options.onHold?.();
        await this.ahead;
      }
      const batch = this.queue.splice(0, this.options.maxBatch);
      this.hold(batch);
      await this.commitAll(batch);
    }
    this.running = undefined;
  }

  /** Makes the next batch wait for an outcome of this one, for all of them when none is known, or until its time is up. */
  private hold(batch: readonly Waiting<In, Out>[]): void {
    const { holdMs } = this.options;
    const outcomes = batch.flatMap(({ outcome }) => outcome ?? []);
    this.ahead = undefined;
    if (holdMs === undefined || outcomes.length === 0) return;
    let left = outcomes.length;
    let resolve = (): void => {};
    const ahead = new Promise<void>((given) => {
      resolve = given;
    });
    const open = (): void => {
      clearTimeout(timer);
      if (this.ahead === ahead) this.ahead = undefined;
      resolve();
    };
    const timer = setTimeout(open, holdMs);
    const note = (outcome: unknown): void => {
      left--;
      if (outcome !== undefined || left === 0) open();
    };
    const miss = (): void => note(undefined);
    for (const outcome of outcomes) void outcome.then(note, miss);
    this.ahead = ahead;
  }

  /** Halves a failing batch until the item that cannot be committed stands alone; its neighbours must not suffer. */
  private async commitAll(batch: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const results = await this.commit(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => {
        resolve(results[i] as Out);
      });
    } catch (error) {
      if (batch.length === 1 || isDatabaseOutage(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      const middle = batch.length >> 1;
      await this.commitAll(batch.slice(0, middle));
      await this.commitAll(batch.slice(middle));
    }
  }
}
