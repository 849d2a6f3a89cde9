import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@florin/observability';
import { byWeight } from './by-weight.js';
import { type Delivery, type FailedDelivery, hasFailed, type Outcome, type Submitted } from './delivery.js';
import { PermanentError } from './errors.js';
import { classify } from './failure.js';
import { applyLimitMs, HandlerTimeoutError, namedTimeout } from './handler-timeout.js';
import { claimInbox } from './inbox.js';
import type { UnitFactory } from './message-unit.js';
import type { MessagingMetrics } from './metrics.js';
import type { OrderGates } from './order-gates.js';
import { applyInOrder, failInOrder } from './ordered-batch.js';
import { rehearse } from './rehearsal.js';
import { reportReplay } from './replay-outcome.js';
import type { UnitOfWork } from './unit-of-work.js';
import { inWaves, prepareWaves } from './waves.js';

const defaultMaxBatch = 500;
const maxTransactions = 2;
const maxBackoffMs = 5_000;

interface Submission {
  readonly items: readonly Submitted[];
  readonly resolve: (outcomes: Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The process is stopping: nothing was decided about the deliveries, they will be fetched again. */
export class StoppingError extends Error {
  readonly code = 'stopping';
}

/**
 * Where the partitions of a group meet: everything that is ready when the executor is free shares ONE transaction.
 * Merging the ready partition batches settled three times as many transfers as a transaction per partition did. Only when a whole
 * batch waits behind the one in hand does a second transaction run beside it, as it would in another instance: decision record 0061.
 */
export class BatchExecutor {
  private queue: Submission[] = [];
  private running = 0;
  private isWaking = false;
  private stopping = false;

  constructor(
    private readonly group: string,
    private readonly units: UnitFactory,
    private readonly logger: Logger,
    private readonly metrics: MessagingMetrics,
    private readonly gates: OrderGates,
    private readonly maxBatch = defaultMaxBatch,
  ) {}

  /**
   * Applies deliveries in order; resolves after the commit with one outcome for each. What has failed already comes
   * along in ordered subscriptions only, so that the messages behind it wait.
   */
  submit(items: readonly Submitted[]): Promise<Outcome[]> {
    return new Promise((resolve, reject) => {
      this.queue.push({ items, resolve, reject });
      if (this.mayBegin()) this.wake();
    });
  }

  /** Judges a message of a dry run alone, and reports what a replay would come to. */
  async rehearse(delivery: Delivery): Promise<void> {
    const rehearsed = await rehearse(this.units, this.group, delivery);
    await this.units.run(async (unit) => {
      reportReplay(unit, this.group, delivery.record.failure!.replay!, {
        ...rehearsed,
        cause: delivery.received,
      });
    });
  }

  /** A transaction is open. */
  get isBusy(): boolean {
    return this.running > 0;
  }

  /** From now on an outage is not waited for any longer. */
  stop(): void {
    this.stopping = true;
  }

  private wake(): void {
    if (this.isWaking) return;
    this.isWaking = true;
    // The other partitions of the same fetch submit in this very turn of the event loop.
    setImmediate(() => {
      this.isWaking = false;
      this.begin();
    });
  }

  private begin(): void {
    while (this.mayBegin()) void this.settle(this.takeBatch());
  }

  private mayBegin(): boolean {
    if (this.running === 0) return this.queue.length > 0;
    // Gates remember in memory what is held in the batch in hand.
    if (this.running === maxTransactions || this.gates.isActive) return false;
    const waiting = this.queue.reduce((sum, { items }) => sum + items.length, 0);
    return waiting >= this.maxBatch && this.nextBatch().size >= this.maxBatch / 2;
  }

  private async settle(submissions: readonly Submission[]): Promise<void> {
    this.running++;
    try {
      const outcomes = await this.applyBatch(submissions.flatMap((submission) => submission.items));
      let from = 0;
      for (const { items: own, resolve } of submissions) {
        resolve(outcomes.slice(from, from + own.length));
        from += own.length;
      }
    } catch (error) {
      for (const { reject } of submissions) reject(error);
    }
    this.running--;
    this.begin();
  }

  private takeBatch(): Submission[] {
    return this.queue.splice(0, this.nextBatch().submissions);
  }

  private nextBatch(): { readonly submissions: number; readonly size: number } {
    let size = 0;
    let submissions = 0;
    for (const { items } of this.queue) {
      if (submissions > 0 && size + items.length > this.maxBatch) break;
      size += items.length;
      submissions++;
    }
    return { submissions, size };
  }

  private applyBatch(items: readonly Submitted[]): Promise<Outcome[]> {
    if (!this.gates.isActive) return this.applyRuns(items.filter((item) => !hasFailed(item)) as Delivery[]);
    return applyInOrder(items, this.gates, {
      apply: (deliveries) => this.applyRuns(deliveries),
      fail: (failures) => this.fail(failures),
    });
  }

  /** In one transaction, mostly. What has committed when the process stops in between is a duplicate when it comes again. */
  private async applyRuns(deliveries: readonly Delivery[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const run of byWeight(deliveries)) {
      if (this.stopping && outcomes.length > 0) throw new StoppingError();
      outcomes.push(...(await this.apply(run)));
    }
    return outcomes;
  }

  /**
   * One transaction for all. When it fails, halves are tried one after the other, so that the order within a key
   * stays and a poison message is found in 2·log2(n) transactions; a single failing message is reported as failed.
   */
  private async apply(deliveries: readonly Delivery[]): Promise<Outcome[]> {
    if (deliveries.length === 0) return [];
    try {
      return await this.throughOutage(() => this.applyOnce(deliveries));
    } catch (error) {
      if (error instanceof StoppingError) throw error;
      if (deliveries.length === 1) return this.fail([{ ...deliveries[0]!, error }]);
      // Each half that holds the message would wait out the whole limit again; alone, only that message does.
      if (error instanceof HandlerTimeoutError) return this.applyEach(deliveries);
      const middle = deliveries.length >> 1;
      const first = await this.apply(deliveries.slice(0, middle));
      return first.concat(await this.apply(deliveries.slice(middle)));
    }
  }

  private async applyEach(deliveries: readonly Delivery[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const delivery of deliveries) outcomes.push(...(await this.apply([delivery])));
    return outcomes;
  }

  /** Found the one that fails: in an ordered subscription the rest of the batch has to know before it is tried. */
  private async fail(failures: readonly FailedDelivery[]): Promise<Outcome[]> {
    return this.throughOutage(() => failInOrder(failures, this.gates));
  }

  /** Waits for the database to come back, without counting an attempt against any message. */
  private async throughOutage<T>(work: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      try {
        return await work();
      } catch (error) {
        if (classify(error) !== 'infrastructure') throw namedTimeout(error);
        if (this.stopping) throw new StoppingError();
        this.logger.warn({ err: error, group: this.group, failures }, 'database is away, the batch waits');
        await delay(Math.min(maxBackoffMs, 50 * 2 ** failures) * (0.5 + Math.random() / 2));
      }
    }
  }

  private async applyOnce(deliveries: readonly Delivery[]): Promise<Outcome[]> {
    const endTimer = this.metrics.batchSeconds.startTimer({ group: this.group });
    const timeoutMs = applyLimitMs(deliveries.map(({ handler }) => handler));
    const outcomes = await this.units.run((unit) => this.applyIn(unit, deliveries), {
      timeoutMs,
      expectsNew: true,
    });
    endTimer();
    this.metrics.batchSize.observe({ group: this.group }, deliveries.length);
    return outcomes;
  }

  private async applyIn(unit: UnitOfWork, deliveries: readonly Delivery[]): Promise<Outcome[]> {
    const { gates } = this;
    if (!gates.isActive) return this.applyAdmitted(unit, deliveries);
    const admission = await gates.admit(unit.tx, deliveries);
    const applied = await this.applyAdmitted(unit, admission.admitted);
    unit.afterCommit(await gates.settle(unit.tx, admission, applied));
    const next = applied.values();
    return admission.outcomes.map((outcome) => outcome ?? next.next().value!);
  }

  private async applyAdmitted(unit: UnitOfWork, deliveries: readonly Delivery[]): Promise<Outcome[]> {
    if (deliveries.length === 0) return [];
    const claims = await claimInbox(
      unit,
      this.group,
      deliveries.map(({ received, fingerprint }) => ({ id: received.value.meta.messageId, fingerprint })),
    );
    const fresh = deliveries.filter((_, i) => claims[i] === 'new');
    const waves = inWaves(fresh);
    await prepareWaves(unit, waves);
    for (const { handler, members } of waves) {
      await handler.apply(
        unit,
        members.map((member) => ({ message: member.received, result: member.result })),
      );
    }
    return deliveries.map((delivery, i): Outcome => {
      if (claims[i] === 'conflict') return { kind: 'failed', error: new IdConflictError() };
      const kind = claims[i] === 'new' ? 'applied' : 'duplicate';
      const replay = delivery.record.failure?.replay;
      // The outcome of a replay commits together with its effects, so that it can neither be lost nor be wrong.
      if (replay) reportReplay(unit, this.group, replay, { outcome: kind, cause: delivery.received });
      return { kind };
    });
  }
}

/** Another message was applied under the same id. Applying this one could move money twice. */
export class IdConflictError extends PermanentError {
  constructor() {
    super('ID_CONFLICT', 'a message with this id but another payload has been applied before');
    this.name = 'IdConflictError';
  }
}
