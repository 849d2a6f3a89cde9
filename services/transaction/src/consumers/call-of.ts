import type { Message } from '@florin/contracts';
import type { Received } from '@florin/messaging';
import { traceIdOf } from '@florin/observability';

/** The call that a message goes back to, as it is kept with the transaction. */
export function callOf({ value, traceparent }: Received<Message>): {
  readonly correlationId: string;
  /** 32 hexadecimal digits; null when the message carries none. */
  readonly traceId: string | null;
} {
  const traceId = traceparent === undefined ? null : (traceIdOf(traceparent) ?? null);
  return { correlationId: value.meta.correlationId, traceId };
}
