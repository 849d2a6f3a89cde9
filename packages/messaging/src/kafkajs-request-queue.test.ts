import { createRequire } from 'node:module';
import { createLogger } from '@florin/observability';
import { expect, test } from '@jest/globals';
import { createKafka } from './kafka.js';

interface Queue {
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  push(request: object): void;
  checkPendingRequests(): void;
  destroy(): void;
}

function queueOfConnection(): Queue {
  const logger = createLogger({ service: 'test', level: 'silent' });
  createKafka({ clientId: 'test', brokers: ['localhost:1'], logger });
  const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as new (
    options: object,
  ) => Queue;
  return new RequestQueue({
    maxInFlightRequests: null,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'localhost:1',
    logger: { debug: () => undefined },
  });
}

const request = { entry: { correlationId: 1 }, expectResponse: true, sendRequest: () => undefined };

test('an idle connection to Kafka is not looked at again', () => {
  const queue = queueOfConnection();
  queue.checkPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
  queue.destroy();
});

test('one whose requests are held back is', () => {
  const queue = queueOfConnection();
  queue.throttledUntil = Date.now() + 60_000;
  queue.push(request);
  expect(queue.throttleCheckTimeoutId).not.toBeNull();
  queue.destroy();
});
