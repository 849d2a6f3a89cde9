import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { crashLevel } from './crash-level.js';

type KafkaError = new (error: object, options?: object) => Error;
const { KafkaJSProtocolError, KafkaJSNumberOfRetriesExceeded, KafkaJSNonRetriableError } = createRequire(
  import.meta.url,
)('kafkajs/src/errors.js') as Record<string, KafkaError>;

const loading = new KafkaJSProtocolError!({
  message: 'The coordinator is loading',
  type: 'GROUP_LOAD_IN_PROGRESS',
  retriable: true,
});
const denied = new KafkaJSProtocolError!({
  message: 'Not authorized',
  type: 'GROUP_AUTHORIZATION_FAILED',
  retriable: false,
});
const givenUp = new KafkaJSNumberOfRetriesExceeded!(loading, { retryCount: 10, retryTime: 5_000 });

test.each([
  ['warn', 'coordinators load', loading, 1],
  ['warn', 'they loaded for longer than kafkajs tries', givenUp, 4],
  ['error', 'they do not come to an end', loading, 5],
  ['error', 'trying again cannot help', denied, 1],
  ['error', 'kafkajs knows that', new KafkaJSNonRetriableError!(denied, { cause: denied }), 1],
  ['error', 'the error is none of kafkajs', new TypeError('undefined is not a function'), 1],
] as const)('a crash is told as %s when %s', (level, _what, error, crashes) => {
  expect(crashLevel(error, crashes)).toBe(level);
});
