import { type Hop, type Message, type MessageDefinition, shortName } from '@florin/contracts';
import { uuidv7 } from '@florin/database';
import type { Received } from '@florin/messaging';
import { traceIdOf } from '@florin/observability';

/** The hop that an event of another service is itself. */
export function hopOf(event: Received<Message>, service: string): Hop {
  const { messageId, occurredAt: at } = event.value.meta;
  return {
    service,
    message: shortName(event.definition),
    messageId,
    at,
    traceId: traceIdOf(event.traceparent) ?? null,
  };
}

/** The hop that an accepted call begins with: the command that it is about to send, under the `messageId` of the hop. */
export function firstHop(
  command: MessageDefinition<Message>,
  call: { readonly traceId: string },
  at: Date,
): Hop {
  return {
    service: 'edge',
    message: shortName(command),
    messageId: uuidv7(),
    at: at.getTime(),
    traceId: call.traceId,
  };
}

/** Hops as a client sees them, in the order of time; one that was told of twice is shown once. */
export function timelineOf(hops: readonly Hop[]) {
  const byId = new Map(hops.map((hop) => [hop.messageId, hop]));
  return [...byId.values()]
    .sort((a, b) => a.at - b.at)
    .map((hop) => ({ ...hop, at: new Date(hop.at).toISOString() }));
}
