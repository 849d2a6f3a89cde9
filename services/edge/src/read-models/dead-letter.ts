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
  };
}
