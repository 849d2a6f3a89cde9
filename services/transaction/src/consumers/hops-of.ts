import { type Hop, type Message, shortName } from '@florin/contracts';
import type { Received } from '@florin/messaging';
import { hopsUpTo } from '../domain/hop.js';
import { callOf } from './call-of.js';

/** The hops that end with an answer of the ledger to a command of this service. */
export function hopsOf(answer: Received<Message>, request: string): Hop[] {
  const { definition, value } = answer;
  const last = { service: 'wallet', message: shortName(definition), meta: value.meta };
  return hopsUpTo(last, request, callOf(answer).traceId);
}
