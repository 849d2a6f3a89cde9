import type { Hop, Message } from '@florin/contracts';
import type { Received } from '@florin/messaging';
import { traceIdOf } from '@florin/observability';
import { hopsUpTo } from '../domain/hop.js';

/** The hops that end with an answer of the ledger to a command of this service. */
export function hopsOf(answer: Received<Message>, request: string): Hop[] {
  const { definition, value, traceparent } = answer;
  const message = definition.name.split('.').at(-1)!;
  const traceId = traceparent === undefined ? null : (traceIdOf(traceparent) ?? null);
  return hopsUpTo({ service: 'wallet', message, meta: value.meta }, request, traceId);
}
