import type { Hop, Message } from '@florin/contracts';
import type { Received } from '@florin/messaging';
import { traceIdOf } from '@florin/observability';

/** The hop that an event of another service is itself. */
export function hopOf(event: Received<Message>, service: string): Hop {
  const { messageId, occurredAt: at } = event.value.meta;
  const message = event.definition.name.split('.').at(-1)!;
  return { service, message, messageId, at, traceId: traceIdOf(event.traceparent) ?? null };
}

/** The hop that an accepted call begins with: the command that it is about to send. */
export function firstHop(message: string, messageId: string, call: { traceId: string }, at: Date): Hop {
  return { service: 'edge', message, messageId, at: at.getTime(), traceId: call.traceId };
}

/** Hops as a client sees them, in the order of time; one that was told of twice is shown once. */
export function timelineOf(hops: readonly Hop[]) {
  const byId = new Map(hops.map((hop) => [hop.messageId, hop]));
  return [...byId.values()]
    .sort((a, b) => a.at - b.at)
    .map((hop) => ({ ...hop, at: new Date(hop.at).toISOString() }));
}
