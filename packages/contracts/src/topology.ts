import { allMessages } from './generated/messages.js';

/** Who reads what. One place, so that a newcomer sees the wiring of the whole platform. */
export interface ConsumerGroup {
  /** Kafka group id and the name in retry and dead-letter topics. */
  readonly name: string;
  /** The service that runs the group. */
  readonly service: string;
  readonly topics: readonly string[];
  /** What becomes of a message that may succeed later; `defaultRetry` unless the group has reasons. */
  readonly retry?: GroupRetry;
}

/** Durations are written like `5s`, `1m`, `2h`; each delay names a retry topic. */
export interface GroupRetry {
  readonly delays: readonly string[];
  /** Counted from the first failure, or from a replay: what would be due later is a dead letter. */
  readonly deadline: string;
}

export const defaultRetry: GroupRetry = { delays: ['5s', '1m', '10m'], deadline: '1h' };

/** Mail servers and webhooks of customers are down for hours, and nobody waits in front of a screen for them. */
const patientRetry: GroupRetry = { delays: ['5s', '1m', '10m', '1h'], deadline: '6h' };

export const consumerGroups = {
  edge: group('edge', 'edge', [
    'customer.events',
    'application.events',
    'wallet.events',
    'transaction.events',
    'notification.events',
    'ops.events',
  ]),
  application: group('application', 'application', [
    'application.commands',
    'customer.events',
    'wallet.events',
  ]),
  wallet: group('wallet', 'wallet', ['wallet.commands']),
  transaction: group('transaction', 'transaction', ['transaction.commands']),
  // A group of its own, because it rests, which commands have no time for.
  transactionOutcomes: group('transaction-outcomes', 'transaction', ['wallet.events']),
  notification: group(
    'notification',
    'notification',
    ['notification.commands', 'customer.events', 'application.events', 'wallet.events', 'transaction.events'],
    patientRetry,
  ),
} as const satisfies Record<string, ConsumerGroup>;

function group(
  name: string,
  service: string,
  topics: readonly string[],
  retry: GroupRetry = defaultRetry,
): ConsumerGroup {
  return { name, service, topics, retry };
}

/** Every topic that carries messages, sorted; retry and dead-letter topics are derived from the groups. */
export const messageTopics: readonly string[] = [...new Set(allMessages.map((m) => m.topic))].sort();

/** `<topic>.<group>.retry.<delay>`: only the group that failed reads it. */
export function retryTopic(topic: string, groupName: string, delay: string): string {
  return `${topic}.${groupName}.retry.${delay}`;
}

/** `<topic>.<group>.dlq`: what a group gave up on. */
export function deadLetterTopic(topic: string, groupName: string): string {
  return `${topic}.${groupName}.dlq`;
}
