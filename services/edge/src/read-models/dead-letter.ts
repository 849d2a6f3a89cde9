import type { FailureHeaders } from '@florin/messaging';
import { type MinorUnits, toNumber } from './minor-units.js';

export interface DeadLetterRow {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly recordOffset: MinorUnits;
  readonly consumerGroup: string;
  readonly key: string | null;
  readonly messageName: string | null;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly fingerprint: string;
  readonly attempts: number;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
  readonly status: string;
  readonly resolution: string | null;
  readonly indexedAt: Date;
  readonly discardedBy: string | null;
  readonly discardedAt: Date | null;
  readonly discardReason: string | null;
  readonly revision: number;
  readonly approvedRevision: number;
  readonly parked: boolean;
}

export interface DeadLetterDetailRow extends DeadLetterRow {
  readonly payload: unknown;
  readonly value: Uint8Array;
  readonly failure: unknown;
}

export function deadLetterResource(row: DeadLetterRow) {
  return {
    id: row.id,
    topic: row.topic,
    group: row.consumerGroup,
    partition: row.partition,
    offset: toNumber(row.recordOffset),
    key: row.key,
    messageName: row.messageName,
    errorCode: row.errorCode,
    errorMessage: row.errorMessage,
    fingerprint: row.fingerprint,
    attempts: row.attempts,
    firstFailedAt: row.firstFailedAt.toISOString(),
    lastFailedAt: row.lastFailedAt.toISOString(),
    status: row.status,
    resolution: row.resolution,
    indexedAt: row.indexedAt.toISOString(),
    discardedBy: row.discardedBy,
    discardedAt: row.discardedAt?.toISOString() ?? null,
    discardReason: row.discardReason,
    revision: row.revision,
    approvedRevision: row.approvedRevision,
    parked: row.parked,
  };
}

export function deadLetterDetailResource(row: DeadLetterDetailRow) {
  const { payload, failure, value } = row;
  return {
    ...deadLetterResource(row),
    payload,
    valueBase64: Buffer.from(value).toString('base64'),
    failure: failureResource(failure as FailureHeaders),
  };
}

/** Without the times that the letter itself has; the others are told as times, not as the numbers of the headers. */
function failureResource({ firstFailedAt: _f, lastFailedAt: _l, ...failure }: FailureHeaders) {
  return {
    ...failure,
    retryingSince: instantOf(failure.retryingSince),
    dueAt: instantOf(failure.dueAt),
  };
}

/** Null for none, and where what wrote the record was not Florin. */
function instantOf(ms: number): string | null {
  const at = new Date(ms);
  return !ms || Number.isNaN(at.getTime()) ? null : at.toISOString();
}
