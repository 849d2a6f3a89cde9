import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, commonConfig, parseConfig } from './config.js';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    parseConfig(commonConfig, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

test('without any variable everything has its local default', () => {
  expect(parseConfig(commonConfig, {})).toMatchObject({
    LOG_LEVEL: 'info',
    KAFKA_BROKERS: ['127.0.0.1:19092'],
  });
});

test('every variable that is wrong has a line that says what is expected', () => {
  expect(problemsOf({ LOG_LEVEL: 'loud', KAFKA_PARTITIONS: 'many', SCHEMA_REGISTRY_URL: 'here' })).toEqual([
    expect.stringMatching(/^LOG_LEVEL: .*expected one of .*"info"/),
    'SCHEMA_REGISTRY_URL: Invalid URL',
    expect.stringMatching(/^KAFKA_PARTITIONS: .*expected number/),
  ]);
});

test('RETRY_DEADLINE is a duration', () => {
  expect(parseConfig(commonConfig, { RETRY_DEADLINE: '90m' }).RETRY_DEADLINE).toBe('90m');
  expect(problemsOf({ RETRY_DEADLINE: 'soon' })).toEqual([
    'RETRY_DEADLINE: expected a duration such as 30m or 2h',
  ]);
});

test('INBOX_RETENTION is a duration, or forever', () => {
  expect(parseConfig(commonConfig, { INBOX_RETENTION: '60d' }).INBOX_RETENTION).toBe('60d');
  expect(parseConfig(commonConfig, { INBOX_RETENTION: 'forever' }).INBOX_RETENTION).toBe('forever');
  expect(problemsOf({ INBOX_RETENTION: '60' })).toEqual([
    'INBOX_RETENTION: expected a duration such as 44d, or forever',
  ]);
});

describe('RETRY_DELAYS', () => {
  test('lists durations', () => {
    const { RETRY_DELAYS } = parseConfig(commonConfig, { RETRY_DELAYS: '500ms,2s,1h' });
    expect(RETRY_DELAYS).toEqual(['500ms', '2s', '1h']);
  });

  test.each(['banana', '5', '5s,banana', '', ',', '0s', '5 s', '5s,1m,5s'])('is not %j', (text) => {
    expect(problemsOf({ RETRY_DELAYS: text })).toEqual([
      'RETRY_DELAYS: expected one or more different durations such as 500ms, 5s or 10m, separated by commas',
    ]);
  });
});
