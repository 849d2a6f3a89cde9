import { createHash } from 'node:crypto';
import type { FetchedRecord } from './delivery.js';

/** Where a message stands among those of its key: at the offset that it had in its topic before it ever failed. */
export interface OrderPosition {
  /** Physical topic, prefix included. */
  readonly topic: string;
  readonly key: string;
  readonly partition: number;
  readonly offset: number;
  /** Empty, or which replay sent this copy. */
  readonly copy: string;
  /** The same for positions that are ordered among each other. */
  readonly lane: string;
}

const plainKey = /^[^\0]{1,200}$/;

/** Undefined for a record without a key: it belongs to no order. */
export function positionOf({ topic, partition, message, failure }: FetchedRecord): OrderPosition | undefined {
  if (message.key === null) return undefined;
  const position = {
    topic: failure?.originTopic || topic,
    key: laneKey(message.key.toString()),
    partition: failure?.originPartition ?? partition,
    offset: Number(failure?.originOffset ?? message.offset),
  };
  // Failure headers that something else has written may say anything.
  if (!Number.isSafeInteger(position.partition) || !Number.isSafeInteger(position.offset)) return undefined;
  const { replay } = failure ?? {};
  const copy = replay ? `${replay.replayId}/${replay.deadLetterId}` : '';
  return { ...position, copy, lane: `${position.topic}\n${position.key}` };
}

/** A key that PostgreSQL can store and index: what is too long or holds a zero is known by its hash. */
function laneKey(key: string): string {
  return plainKey.test(key) ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

export function isSamePlace(
  a: OrderPosition,
  b: { readonly partition: number; readonly offset: number },
): boolean {
  return a.partition === b.partition && a.offset === b.offset;
}
