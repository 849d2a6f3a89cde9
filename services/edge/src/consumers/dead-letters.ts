import type { DeadLetterConsumerOptions } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { indexDeadLetters } from '../db/index-dead-letters.js';

/** Keeps the index of all dead-letter topics, which REST, the command line and the console read. */
export function deadLetterIndex(options: { topicPrefix: string; clock: Clock }): DeadLetterConsumerOptions {
  return {
    groupName: 'dead-letter-index',
    apply: (unit, letters) => indexDeadLetters(unit.tx, letters, options.topicPrefix, options.clock.now()),
  };
}
