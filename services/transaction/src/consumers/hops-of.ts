import type { Hop, Message } from '@florin/contracts';
import type { Received } from '@florin/messaging';
import { hopsUpTo } from '../domain/hop.js';
import { callOf } from './call-of.js';

/** The hops that end with an answer of the ledger to a command of this service. */
export function hopsOf(answer: Received<Message>, request: string): Hop[] {
  const { definition, value } = answer;
  const message = definition.name.split('.').at(-1)!;
  return hopsUpTo({ service: 'wallet', message, meta: value.meta }, request, callOf(answer).traceId);
}
