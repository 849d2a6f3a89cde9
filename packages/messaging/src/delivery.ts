import type { FailureHeaders } from './failure-headers.js';
import type { Handler } from './handler.js';
import type { KafkaMessage } from './kafka.js';
import type { Received } from './unit-of-work.js';

/** A record as it was fetched. */
export interface FetchedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
  /** What the headers say about earlier failures; undefined on a first delivery. */
  readonly failure: FailureHeaders | undefined;
}

/** A record that a handler is going to see. */
export interface Delivery {
  readonly record: FetchedRecord;
  readonly bytes: Buffer;
  readonly received: Received;
  readonly handler: Handler;
  /** What `perform` returned; set before the delivery reaches the executor. */
  result?: unknown;
}

export type Outcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'failed'; readonly error: unknown };
