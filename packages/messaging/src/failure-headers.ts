import type { IHeaders } from './kafka.js';

/** Kafka headers of a record in a retry or dead-letter topic. Their number is fixed, however often it failed. */
export interface FailureHeaders {
  readonly traceparent: string | undefined;
  /** Attempts that have failed so far. */
  readonly attempts: number;
  readonly originTopic: string;
  readonly originPartition: number;
  readonly originOffset: string;
  readonly firstFailedAt: number;
  readonly lastFailedAt: number;
  /** Since when the group tries: the first failure, or the replay. The retry deadline counts from here. */
  readonly retryingSince: number;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly fingerprint: string;
  /** Not before this instant; 0 for at once. */
  readonly dueAt: number;
  /** Why a dead letter was not tried again; undefined in retry topics. */
  readonly gaveUp: GaveUp | undefined;
  /** Set on a replayed dead letter until the group has handled it. */
  readonly replay: Replay | undefined;
}

const reasonsToGiveUp = ['permanent', 'attempts', 'deadline'] as const;
export type GaveUp = (typeof reasonsToGiveUp)[number];

export interface Replay {
  readonly replayId: string;
  readonly deadLetterId: string;
  /** The handler shall run in a transaction that is rolled back. */
  readonly dryRun?: boolean;
  /** The message will never be applied: whatever waits for it may go on. The record carries no value. */
  readonly discard?: boolean;
}

const dryRunMark = 'dry-run';
const discardMark = 'discard';

export function toHeaders(failure: FailureHeaders): IHeaders {
  return {
    ...(failure.traceparent === undefined ? {} : { traceparent: failure.traceparent }),
    'florin-attempts': String(failure.attempts),
    'florin-origin': `${failure.originTopic}/${failure.originPartition}/${failure.originOffset}`,
    'florin-first-failed-at': String(failure.firstFailedAt),
    'florin-last-failed-at': String(failure.lastFailedAt),
    'florin-retrying-since': String(failure.retryingSince),
    'florin-error-code': failure.errorCode,
    'florin-error-message': failure.errorMessage,
    'florin-fingerprint': failure.fingerprint,
    'florin-due-at': String(failure.dueAt),
    ...(failure.gaveUp ? { 'florin-gave-up': failure.gaveUp } : {}),
    ...(failure.replay ? { 'florin-replay': replayText(failure.replay) } : {}),
  };
}

function replayText({ replayId, deadLetterId, dryRun, discard }: Replay): string {
  return [replayId, deadLetterId, ...(dryRun ? [dryRunMark] : []), ...(discard ? [discardMark] : [])].join(
    '/',
  );
}

export function headerText(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name];
  const single = Array.isArray(value) ? value[0] : value;
  return single?.toString();
}

/** Undefined for a record that has never failed. */
export function fromHeaders(headers: IHeaders | undefined): FailureHeaders | undefined {
  const text = (name: string): string => headerText(headers, name) ?? '';
  if (headerText(headers, 'florin-attempts') === undefined) return undefined;
  const [originTopic, originPartition, originOffset] = text('florin-origin').split('/');
  const [replayId, deadLetterId, mark] = text('florin-replay').split('/');
  return {
    traceparent: headerText(headers, 'traceparent'),
    attempts: Number(text('florin-attempts')),
    originTopic: originTopic ?? '',
    originPartition: Number(originPartition),
    originOffset: originOffset ?? '',
    firstFailedAt: Number(text('florin-first-failed-at')),
    lastFailedAt: Number(text('florin-last-failed-at')),
    retryingSince: Number(text('florin-retrying-since')),
    errorCode: text('florin-error-code'),
    errorMessage: text('florin-error-message'),
    fingerprint: text('florin-fingerprint'),
    dueAt: Number(text('florin-due-at')),
    gaveUp: reasonsToGiveUp.find((reason) => reason === text('florin-gave-up')),
    replay:
      replayId && deadLetterId
        ? {
            replayId,
            deadLetterId,
            ...(mark === dryRunMark ? { dryRun: true } : {}),
            ...(mark === discardMark ? { discard: true } : {}),
          }
        : undefined,
  };
}
