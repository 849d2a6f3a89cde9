import type { Hop, Meta } from '@florin/contracts';

/** The command of this service that an answer answers, and the answer: the last two hops before the outcome. */
export function hopsUpTo(
  answer: { readonly message: string; readonly service: string; readonly meta: Meta },
  request: string,
  traceId: string | null,
): Hop[] {
  const { messageId, occurredAt, causationId } = answer.meta;
  const last = { service: answer.service, message: answer.message, messageId, at: occurredAt, traceId };
  if (causationId === null) return [last];
  const first = { service: 'transaction', message: request, messageId: causationId };
  return [{ ...first, at: timeOf(causationId) ?? occurredAt, traceId }, last];
}

/** The instant that is part of a UUIDv7 (RFC 9562), in milliseconds since the Unix epoch; undefined for another UUID. */
export function timeOf(uuid: string): number | undefined {
  return uuid[14] === '7' ? Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16) : undefined;
}
