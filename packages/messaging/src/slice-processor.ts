import type { Message } from '@florin/contracts';
import type { Pool } from '@florin/database';
import { type Logger, traceIdOf } from '@florin/observability';
import type { BatchExecutor } from './batch-executor.js';
import type { CarefulDelivery } from './careful-delivery.js';
import type { Codec } from './codec.js';
import { UndecodableError } from './codec.js';
import type { DeadLetterLimit } from './dead-letter-limit.js';
import type { Delivery, FetchedRecord, Outcome } from './delivery.js';
import { DependencyUnavailableError, PermanentError } from './errors.js';
import { classify } from './failure.js';
import { headerText } from './failure-headers.js';
import type { FailedRecord, FailureRouter } from './failure-router.js';
import type { Handler } from './handler.js';
import { performInTime } from './handler-timeout.js';
import type { MessagingMetrics } from './metrics.js';
import type { Received } from './unit-of-work.js';

/** External calls of one group at the same time. */
const maxConcurrentCalls = 16;
const minPauseMs = 100;
const maxPauseMs = 30_000;

export interface SliceResult {
  /** How many records, from the first on, are finished for good: their offsets may be committed. */
  readonly done: number;
  /** Set when the record after them has to wait: a provider is down. */
  readonly pauseMs: number | undefined;
}

/** Takes a run of records of one partition through decoding, external calls, the shared transaction and failures. */
export class SliceProcessor {
  private readonly handlers: ReadonlyMap<string, Handler>;

  constructor(
    private readonly group: string,
    handlers: readonly Handler[],
    private readonly codec: Codec,
    private readonly pool: Pool,
    private readonly executor: BatchExecutor,
    private readonly router: FailureRouter,
    private readonly careful: CarefulDelivery,
    private readonly deadLetters: DeadLetterLimit,
    private readonly logger: Logger,
    private readonly metrics: MessagingMetrics,
  ) {
    this.handlers = new Map(handlers.map((handler) => [handler.definition.name, handler]));
  }

  /** Handles records from the first on; the caller comes back with those that were not reached. */
  process(records: readonly FetchedRecord[]): Promise<SliceResult> {
    const [first] = records;
    if (!first || !this.careful.isSuspicious(first)) return this.processTogether(records);
    return this.careful.alone(first, (killer) =>
      killer ? this.settle([first], [{ kind: 'failed', error: killer }], []) : this.processTogether([first]),
    );
  }

  private async processTogether(records: readonly FetchedRecord[]): Promise<SliceResult> {
    const outcomes = new Array<Outcome | undefined>(records.length);
    const received = new Array<Received | undefined>(records.length);
    const deliveries: { index: number; delivery: Delivery }[] = [];
    for (const [index, record] of records.entries()) {
      const prepared = await this.prepare(record);
      if ('kind' in prepared) outcomes[index] = prepared;
      else {
        deliveries.push({ index, delivery: prepared });
        received[index] = prepared.received;
      }
    }
    const rehearsals = deliveries.filter(({ delivery }) => isDryRun(delivery.record));
    // A dry run is not performed and shares no transaction; what it comes to is reported, and the record is finished.
    for (const { index } of rehearsals) outcomes[index] = { kind: 'skipped' };
    await this.performAll(
      deliveries.filter(({ delivery }) => !isDryRun(delivery.record)),
      outcomes,
    );
    const ready = deliveries.filter(({ index }) => outcomes[index] === undefined);
    const applied = await this.executor.submit(ready.map(({ delivery }) => delivery));
    ready.forEach(({ index }, i) => {
      outcomes[index] = applied[i]!;
    });
    for (const { delivery } of rehearsals) await this.executor.rehearse(delivery);
    return this.settle(records, outcomes as Outcome[], received);
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
        bytes: message.value!,
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

  /** External calls, outside any transaction; what the inbox already holds is not called for again. */
  private async performAll(
    deliveries: readonly { index: number; delivery: Delivery }[],
    outcomes: (Outcome | undefined)[],
  ): Promise<void> {
    const external = deliveries.filter(({ delivery }) => delivery.handler.perform);
    if (external.length === 0) return;
    const known = await this.alreadyApplied(external.map(({ delivery }) => delivery));
    const pending = external.filter(({ delivery }) => !known.has(delivery.received.value.meta.messageId));
    const work = pending.values();
    const worker = async (): Promise<void> => {
      for (const { index, delivery } of work) {
        try {
          delivery.result = await performInTime(delivery.handler, delivery.received);
        } catch (error) {
          outcomes[index] = { kind: 'failed', error };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(maxConcurrentCalls, pending.length) }, worker));
  }

  private async alreadyApplied(deliveries: readonly Delivery[]): Promise<Set<string>> {
    const { rows } = await this.pool.query<{ message_id: string }>({
      name: 'select-inbox',
      text: 'SELECT message_id FROM inbox WHERE consumer_group = $1 AND message_id = ANY($2::uuid[])',
      values: [this.group, deliveries.map(({ received }) => received.value.meta.messageId)],
    });
    return new Set(rows.map((row) => row.message_id));
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
    const failures: FailedRecord[] = [];
    let done = 0;
    let pauseMs: number | undefined;
    // Records behind one that waits are fetched again; those that were applied are then duplicates in the inbox.
    for (const [i, record] of records.entries()) {
      const outcome = outcomes[i]!;
      if (outcome.kind === 'failed') {
        const failed = this.describe(record, outcome.error, received[i]);
        pauseMs = isDryRun(record) ? undefined : this.pauseFor(failed);
        if (pauseMs !== undefined) {
          if (failed.error instanceof DependencyUnavailableError) await this.router.reportDeferred(failed);
          break;
        }
        failures.push(failed);
      } else {
        this.metrics.handled.inc({ group: this.group, outcome: outcome.kind });
        this.trace(received[i], outcome.kind);
      }
      done++;
    }
    await this.router.route(failures);
    return { done, pauseMs };
  }

  private describe(record: FetchedRecord, error: unknown, received: Received | undefined): FailedRecord {
    const messageName = this.codec.peek(record.message.value)?.name ?? 'unknown';
    return { record, error, messageName, correlationId: received?.value.meta.correlationId };
  }

  /** How long the partition has to wait because of a failure; undefined when the record can move on. */
  private pauseFor(failed: FailedRecord): number | undefined {
    const { error } = failed;
    const failureClass = classify(error);
    if (failureClass === 'infrastructure') throw error;
    if (error instanceof DependencyUnavailableError) return boundedPause(error.retryAfterMs);
    if (this.router.isLastStop(failed) && !this.deadLetters.admit()) {
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
  return { message: definition.name, key, messageId, correlationId, traceId: traceIdOf(traceparent) };
}

/** Nobody waits for a message of somebody else; somebody waits for a replay, and its message must not get lost. */
function notHandled({ failure }: FetchedRecord): Outcome {
  if (!failure?.replay) return { kind: 'skipped' };
  return { kind: 'failed', error: new PermanentError('no-handler', 'this version handles no such message') };
}

function isDryRun({ failure }: FetchedRecord): boolean {
  return failure?.replay?.dryRun === true;
}

function boundedPause(wishedMs: number): number {
  return Math.min(maxPauseMs, Math.max(minPauseMs, wishedMs));
}
