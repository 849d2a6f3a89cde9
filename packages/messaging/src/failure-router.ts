import { deadLetterTopic, retryTopic } from '@florin/contracts';
import { type Clock, type Logger, traceIdOf } from '@florin/observability';
import type { FetchedRecord } from './delivery.js';
import { classify, describeFailure } from './failure.js';
import { type GaveUp, headerText, type Replay, toHeaders } from './failure-headers.js';
import type { UnitFactory } from './message-unit.js';
import type { MessagingMetrics } from './metrics.js';
import type { OrderedProducer } from './ordered-producer.js';
import { type ReplayOutcome, reportReplay } from './replay-outcome.js';
import type { RetryPolicy, RetryTier } from './retry-policy.js';
import type { AddressedMessage } from './topic-messages.js';

export interface FailedRecord {
  readonly record: FetchedRecord;
  readonly error: unknown;
  /** Full name of the message, or `unknown` when it could not be told. */
  readonly messageName: string;
  /** Undefined when the record could not be decoded. */
  readonly correlationId: string | undefined;
}

interface Routed extends AddressedMessage {
  readonly dead: boolean;
  readonly failed: FailedRecord;
}

type Next =
  | { readonly tier: RetryTier; readonly gaveUp?: undefined }
  | { readonly tier?: undefined; readonly gaveUp: GaveUp };

/** Decides where a failed record goes next, and puts it there durably before its offset is committed. */
export class FailureRouter {
  constructor(
    private readonly group: string,
    private readonly policy: RetryPolicy,
    private readonly producer: OrderedProducer,
    private readonly units: UnitFactory,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: MessagingMetrics,
  ) {}

  /** Resolves when every record is acknowledged in its retry or dead-letter topic. */
  async route(failures: readonly FailedRecord[]): Promise<void> {
    if (failures.length === 0) return;
    // What fails in a dry run is still where it was: in its dead-letter topic.
    const real = failures.filter(({ record }) => !record.failure?.replay?.dryRun);
    const routed = real.map((failed) => this.decide(failed));
    if (routed.length > 0) await this.producer.send(routed);
    for (const { dead, topic, failed } of routed) {
      this.metrics.handled.inc({ group: this.group, outcome: dead ? 'dead' : 'retried' });
      const fields = {
        group: this.group,
        message: failed.messageName,
        to: topic,
        reason: describe(failed, this.group),
        correlationId: failed.correlationId,
        traceId: traceIdOf(headerText(failed.record.message.headers, 'traceparent')),
      };
      if (dead) this.logger.error(fields, 'message moved to the dead-letter topic');
      else this.logger.warn(fields, 'message will be tried again');
    }
    const dead = routed.filter((entry) => entry.dead).map((entry) => entry.failed);
    const rehearsed = failures.filter(({ record }) => record.failure?.replay?.dryRun);
    await this.report([...dead, ...rehearsed], 'failed');
    // The end of the retries may be minutes away: whoever replays a thousand messages wants to know of the first now.
    const again = routed.filter(({ dead, failed }) => !dead && failed.record.failure?.attempts === 0);
    await this.report(
      again.map(({ failed }) => failed),
      'retrying',
    );
  }

  /** Tells that a replayed message waits for a provider that is down. */
  reportDeferred(failed: FailedRecord): Promise<void> {
    return this.report([failed], 'deferred');
  }

  /** True when the record would go to the dead-letter topic. */
  isLastStop({ record, error }: FailedRecord): boolean {
    return this.next(record, error, this.clock.now()).tier === undefined;
  }

  private next(record: FetchedRecord, error: unknown, nowMs: number): Next {
    if (classify(error) === 'permanent') return { gaveUp: 'permanent' };
    const tier = this.policy.tiers[record.failure?.attempts ?? 0];
    if (!tier) return { gaveUp: 'attempts' };
    const givenUpAt = retryingSince(record, nowMs) + this.policy.deadline.delayMs;
    return nowMs + tier.delayMs > givenUpAt ? { gaveUp: 'deadline' } : { tier };
  }

  private decide(failed: FailedRecord): Routed {
    const { record, error, messageName } = failed;
    const before = record.failure;
    const attempts = (before?.attempts ?? 0) + 1;
    const nowMs = this.clock.now();
    const { tier, gaveUp } = this.next(record, error, nowMs);
    const originTopic = before?.originTopic || record.topic;
    const { code, message, fingerprint } = describeFailure(error, this.group, messageName);
    const headers = toHeaders({
      traceparent: headerText(record.message.headers, 'traceparent'),
      attempts,
      originTopic,
      originPartition: before?.originPartition ?? record.partition,
      originOffset: before?.originOffset ?? record.message.offset,
      firstFailedAt: before?.firstFailedAt || nowMs,
      lastFailedAt: nowMs,
      retryingSince: retryingSince(record, nowMs),
      errorCode: code,
      // The cause stays what it was, and so does the fingerprint: the deadline only ends the patience with it.
      errorMessage:
        gaveUp === 'deadline'
          ? `${message} (the retry deadline of ${this.policy.deadline.name} has passed)`
          : message,
      fingerprint,
      // A fifth of jitter either way spreads what failed together.
      dueAt: tier ? Math.round(nowMs + tier.delayMs * (0.8 + Math.random() * 0.4)) : 0,
      gaveUp,
      replay: tier ? before?.replay : undefined,
    });
    return {
      failed,
      dead: tier === undefined,
      topic: tier ? retryTopic(originTopic, this.group, tier.name) : deadLetterTopic(originTopic, this.group),
      // The partition is named, so that a record without a key stays on its lane as well.
      message: {
        key: record.message.key,
        value: record.message.value,
        partition: record.partition,
        headers,
      },
    };
  }

  private async report(failures: readonly FailedRecord[], outcome: ReplayOutcome): Promise<void> {
    const replays = failures.flatMap((failed): { replay: Replay; detail: string }[] => {
      const replay = failed.record.failure?.replay;
      return replay ? [{ replay, detail: describe(failed, this.group) }] : [];
    });
    if (replays.length === 0) return;
    await this.units.run(async (unit) => {
      for (const { replay, detail } of replays) reportReplay(unit, this.group, replay, { outcome, detail });
    });
  }
}

/** 0 and an empty header are older than the header: the first failure stands in for it. */
function retryingSince({ failure }: FetchedRecord, nowMs: number): number {
  return failure?.retryingSince || failure?.firstFailedAt || nowMs;
}

function describe(failed: FailedRecord, group: string): string {
  return describeFailure(failed.error, group, failed.messageName).code;
}
