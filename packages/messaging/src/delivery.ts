import type { FailureHeaders } from './failure-headers.js';
import type { Handler } from './handler.js';
import type { KafkaMessage } from './kafka.js';
import type { Received } from './unit-of-work.js';

/** A record as it was fetched. */
export interface FetchedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly message: Pick<KafkaMessage, 'key' | 'value' | 'offset' | 'headers'>;
  /** What the headers say about earlier failures; undefined on a first delivery. */
  readonly failure: FailureHeaders | undefined;
  /** It waited behind a gate and comes from the table `parked`. */
  readonly wasParked?: true;
}

/** A record that a handler is going to see. */
export interface Delivery {
  readonly record: FetchedRecord;
  /** Of its bytes, as the inbox keeps it. */
  readonly fingerprint: Buffer;
  readonly received: Received;
  readonly handler: Handler;
  /** What `perform` returned; set before the delivery reaches the executor. */
  result?: unknown;
  /** Set when `perform` was left out, because the gate of the key was closed: it cannot be applied like this. */
  isUnperformed?: true;
}

/** A record of an ordered subscription that failed before the transaction: those behind it must know. */
export interface FailedDelivery {
  readonly record: FetchedRecord;
  readonly received: Received | undefined;
  readonly error: unknown;
}

/** What a batch is made of. */
export type Submitted = Delivery | FailedDelivery;

export function hasFailed(item: Submitted): item is FailedDelivery {
  return 'error' in item;
}

export type Outcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'skipped' }
  /** It waits in the database behind a failed message of its key; its offset may be committed. */
  | { readonly kind: 'parked' }
  /** Nothing is decided about it: it has to be fetched again. */
  | { readonly kind: 'held'; readonly pauseMs: number }
  | { readonly kind: 'failed'; readonly error: unknown };
