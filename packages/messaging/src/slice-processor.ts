import type { Message } from '@florin/contracts';
import { type Logger, traceIdOf } from '@florin/observability';
import type { BatchExecutor } from './batch-executor.js';
import type { CarefulDelivery, ProcessKillerError } from './careful-delivery.js';
import type { Codec } from './codec.js';
import { UndecodableError } from './codec.js';
import type { DeadLetterBooking, DeadLetterLimit } from './dead-letter-limit.js';
import type { Delivery, FetchedRecord, Outcome, Submitted } from './delivery.js';
import { DependencyUnavailableError, PermanentError } from './errors.js';
import type { ExternalCalls } from './external-calls.js';
import { classify } from './failure.js';
import { headerText } from './failure-headers.js';
import type { FailedRecord, FailureRouter } from './failure-router.js';
import type { Handler } from './handler.js';
import { fingerprintOf } from './inbox.js';
import type { MessagingMetrics } from './metrics.js';
import { nextTurn } from './next-turn.js';
import type { OrderGates } from './order-gates.js';
import type { Received } from './unit-of-work.js';

const minPauseMs = 100;
const maxPauseMs = 30_000;
/** Half a millisecond of work. */
const decodedAtOnce = 50;

export interface SliceResult {
  /** How many records, from the first on, are finished for good: their offsets may be committed. */
  readonly done: number;
  /** Set when the record after them has to wait: a provider is down. */
  readonly pauseMs: number | undefined;
  /** Some are in other topics now: if they came again, their copies would come twice. */
  readonly isCopied?: boolean;
  /** Nothing of what is finished was for this group, or only what its handlers call unhurried. */
  readonly isUnhurried?: boolean;
}

/** Records on their way through the steps; arrays are by the index of the record. */
interface Slice {
  readonly outcomes: (Outcome | undefined)[];
  readonly received: (Received | undefined)[];
  readonly items: { index: number; item: Submitted }[];
  readonly rehearsals: Delivery[];
  /** Skipped, although something may wait for them. */
  readonly dismissed: FetchedRecord[];
}

/** Takes a run of records of one partition through decoding, external calls, the shared transaction and failures. */
export class SliceProcessor {
  private readonly handlers: ReadonlyMap<string, Handler>;

  constructor(
    private readonly group: string,
    handlers: readonly Handler[],
    private readonly codec: Codec,
    private readonly calls: ExternalCalls,
    private readonly executor: BatchExecutor,
    private readonly router: FailureRouter,
    private readonly careful: CarefulDelivery,
    private readonly deadLetters: DeadLetterLimit,
    private readonly logger: Logger,
    private readonly metrics: MessagingMetrics,
    private readonly gates: OrderGates,
  ) {
    this.handlers = new Map(handlers.map((handler) => [handler.definition.name, handler]));
  }

  /** Handles records from the first on; the caller comes back with those that were not reached. */
  process(records: readonly FetchedRecord[]): Promise<SliceResult> {
    const [first] = records;
    if (!first || !this.careful.isSuspicious(first)) return this.processTogether(records);
    return this.careful.alone(first, (killer) =>
      killer ? this.condemn(first, killer) : this.processTogether([first]),
    );
  }

  /** A record that nobody dares to handle again. */
  private async condemn(record: FetchedRecord, error: ProcessKillerError): Promise<SliceResult> {
    const item = { record, received: undefined, error };
    const [outcome] = this.isOrdered(record) ? await this.executor.submit([item]) : [];
    const settled = await this.settle([record], [outcome ?? { kind: 'failed', error }], []);
    // The pause ends the fetch and commits its offset: if the next record kills the process as well, this one must not
    // come back and have to be found once more.
    return { ...settled, pauseMs: settled.pauseMs ?? minPauseMs };
  }

  private async processTogether(records: readonly FetchedRecord[]): Promise<SliceResult> {
    const slice = await this.prepareAll(records);
    const { outcomes, received, rehearsals } = slice;
    const errors = await this.calls.perform(slice.items.map(({ item }) => item));
    const ready: Slice['items'] = [];
    for (const { index, item } of slice.items) {
      const { record } = item;
      if (!errors.has(item)) ready.push({ index, item });
      else if (!this.isOrdered(record)) outcomes[index] = { kind: 'failed', error: errors.get(item) };
      else ready.push({ index, item: { record, received: received[index], error: errors.get(item) } });
    }
    const applied = await this.executor.submit(ready.map(({ item }) => item));
    for (const [i, { index }] of ready.entries()) outcomes[index] = applied[i]!;
    for (const delivery of rehearsals) await this.executor.rehearse(delivery);
    for (const record of slice.dismissed) await this.gates.dismiss(record);
    return this.settle(records, outcomes as Outcome[], received);
  }

  private async prepareAll(records: readonly FetchedRecord[]): Promise<Slice> {
    const slice: Slice = {
      outcomes: new Array<Outcome | undefined>(records.length),
      received: new Array<Received | undefined>(records.length),
      items: [],
      rehearsals: [],
      dismissed: [],
    };
    for (const [index, record] of records.entries()) {
      // A transaction that is open must not wait until a large batch is decoded. When none is, the partitions of a fetch meet in this turn.
      if (index > 0 && index % decodedAtOnce === 0 && this.executor.isBusy) await nextTurn();
      const prepared: Delivery | Outcome = isDiscard(record)
        ? { kind: 'skipped' }
        : await this.prepare(record);
      if (!('kind' in prepared)) {
        slice.received[index] = prepared.received;
        if (!isDryRun(record)) slice.items.push({ index, item: prepared });
        else {
          // A dry run is not performed and shares no transaction; what it comes to is reported, and it is finished.
          slice.rehearsals.push(prepared);
          slice.outcomes[index] = { kind: 'skipped' };
        }
      } else if (prepared.kind === 'failed' && this.isOrdered(record) && !isDryRun(record)) {
        slice.items.push({ index, item: { record, received: undefined, error: prepared.error } });
      } else {
        slice.outcomes[index] = prepared;
        // What has failed before, or was parked, may be waited for.
        if (prepared.kind === 'skipped' && (record.failure || record.wasParked)) slice.dismissed.push(record);
      }
    }
    return slice;
  }

  private isOrdered(record: FetchedRecord): boolean {
    return this.gates.positionOf(record) !== undefined;
  }

  private async prepare(record: FetchedRecord): Promise<Delivery | Outcome> {
    const { message, failure } = record;
    const peeked = this.codec.peek(message.value);
    if (peeked && !this.handlers.has(peeked.name)) return notHandled(record);
    try {
      const { definition, value } = await this.codec.decode(message.value);
      const handler = definition && this.handlers.get(definition.name);
      if (!handler) return notHandled(record);
      return {
        record,
        fingerprint: fingerprintOf(message.value!),
        handler,
        received: {
          definition,
          key: message.key?.toString() ?? '',
          value: value as Message,
          traceparent: headerText(message.headers, 'traceparent'),
          attempt: (failure?.attempts ?? 0) + 1,
        },
      };
    } catch (error) {
      // Anything else means that the schema registry is away: the fetch is repeated until it is back.
      if (error instanceof UndecodableError) return { kind: 'failed', error };
      throw error;
    }
  }

  private trace(received: Received | undefined, outcome: Outcome['kind']): void {
    if (received === undefined || !this.logger.isLevelEnabled('debug')) return;
    this.logger.debug({ group: this.group, outcome, ...traceFields(received) }, 'message handled');
  }

  private async settle(
    records: readonly FetchedRecord[],
    outcomes: readonly Outcome[],
    received: readonly (Received | undefined)[],
  ): Promise<SliceResult> {
    const booking = this.deadLetters.book();
    try {
      return await this.finish(records, outcomes, received, booking);
    } catch (error) {
      booking.cancel();
      throw error;
    }
  }

  private async finish(
    records: readonly FetchedRecord[],
    outcomes: readonly Outcome[],
    received: readonly (Received | undefined)[],
    booking: DeadLetterBooking,
  ): Promise<SliceResult> {
    const failures: FailedRecord[] = [];
    let done = 0;
    let unhurried = 0;
    let pauseMs: number | undefined;
    // Records behind one that waits are fetched again; those that were applied are then duplicates in the inbox.
    for (const [i, record] of records.entries()) {
      const outcome = outcomes[i]!;
      if (outcome.kind === 'failed') {
        const failed = this.describe(record, outcome.error, received[i]);
        pauseMs = isDryRun(record) ? undefined : this.pauseFor(failed, booking);
        if (pauseMs !== undefined) {
          if (failed.error instanceof DependencyUnavailableError) await this.router.reportDeferred(failed);
          break;
        }
        failures.push(failed);
      } else if (outcome.kind === 'held') {
        pauseMs = outcome.pauseMs;
        break;
      } else if (outcome.kind !== 'parked' || !record.wasParked) {
        this.metrics.handled.inc({ group: this.group, outcome: outcome.kind });
        this.trace(received[i], outcome.kind);
      }
      if (outcome.kind === 'skipped' || this.isUnhurried(received[i])) unhurried++;
      done++;
    }
    await this.router.route(failures);
    const routed = failures.map(({ record }) => record).filter((record) => !isDryRun(record));
    if (routed.length > 0) await this.gates.routed(routed);
    return { done, pauseMs, isCopied: failures.length > 0, isUnhurried: unhurried === done };
  }

  private isUnhurried(received: Received | undefined): boolean {
    if (received === undefined) return false;
    return this.handlers.get(received.definition.name)?.isUnhurried?.(received) === true;
  }

  private describe(record: FetchedRecord, error: unknown, received: Received | undefined): FailedRecord {
    const messageName = this.codec.peek(record.message.value)?.name ?? 'unknown';
    return { record, error, messageName, correlationId: received?.value.meta.correlationId };
  }

  /** How long the partition has to wait because of a failure; undefined when the record can move on. */
  private pauseFor(failed: FailedRecord, booking: DeadLetterBooking): number | undefined {
    const { error } = failed;
    const failureClass = classify(error);
    if (failureClass === 'infrastructure') throw error;
    if (error instanceof DependencyUnavailableError) return boundedPause(error.retryAfterMs);
    if (this.router.isLastStop(failed) && !booking.admit()) {
      this.logger.error(
        { group: this.group, message: failed.messageName },
        'too many dead letters in a minute, the group waits',
      );
      return boundedPause(this.deadLetters.retryAfterMs);
    }
    return undefined;
  }
}

/** What to look for when one request has to be followed through all services. */
function traceFields({ definition, key, value, traceparent }: Received): object {
  const { correlationId, messageId } = value.meta;
  // Not as `key`: the logger takes that for a secret.
  return {
    message: definition.name,
    aggregateId: key,
    messageId,
    correlationId,
    traceId: traceIdOf(traceparent),
  };
}

/** Nobody waits for a message of somebody else; somebody waits for a replay, and its message must not get lost. */
function notHandled({ failure }: FetchedRecord): Outcome {
  if (!failure?.replay) return { kind: 'skipped' };
  return { kind: 'failed', error: new PermanentError('no-handler', 'this version handles no such message') };
}

function isDiscard({ failure }: FetchedRecord): boolean {
  return failure?.replay?.discard === true;
}

function isDryRun({ failure }: FetchedRecord): boolean {
  return failure?.replay?.dryRun === true;
}

function boundedPause(wishedMs: number): number {
  return Math.min(maxPauseMs, Math.max(minPauseMs, wishedMs));
}
