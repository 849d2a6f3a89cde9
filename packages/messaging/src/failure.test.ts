import { describe, expect, test } from '@jest/globals';
import { parseDuration } from './duration.js';
import { DependencyUnavailableError, PermanentError, RetryableError } from './errors.js';
import { classify, describeFailure } from './failure.js';
import { type FailureHeaders, fromHeaders, toHeaders } from './failure-headers.js';

describe('classification', () => {
  test.each([
    [new RetryableError('x', 'later'), 'retryable'],
    [new PermanentError('x', 'never'), 'permanent'],
    [new DependencyUnavailableError('psp', 1_000), 'unavailable'],
    [new TypeError('a bug'), 'retryable'],
    [Object.assign(new Error('terminating connection'), { code: '57P01' }), 'infrastructure'],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'infrastructure'],
    [Object.assign(new Error('duplicate key'), { code: '23505' }), 'retryable'],
  ])('%s is %s', (error, expected) => {
    expect(classify(error)).toBe(expected);
  });
});

describe('a described failure', () => {
  test('keeps the text of foreign errors out, because it may quote values', () => {
    const foreign = Object.assign(new Error('Key (email)=(ada@example.com) already exists'), {
      code: '23505',
    });
    const described = describeFailure(foreign, 'edge', 'florin.customer.CustomerRegistered');
    expect(described.message).not.toContain('ada@example.com');
    expect(described.code).toBe('23505');
  });

  test('has one fingerprint for one cause, and another for another group', () => {
    const fingerprint = (group: string, error: Error) => describeFailure(error, group, 'm').fingerprint;
    const timeout = new RetryableError('timeout', 'after 2000 ms');
    expect(fingerprint('a', timeout)).toBe(fingerprint('a', new RetryableError('timeout', 'after 1999 ms')));
    expect(fingerprint('a', timeout)).not.toBe(fingerprint('b', timeout));
  });
});

test('failure headers survive the way through Kafka', () => {
  const headers: FailureHeaders = {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    attempts: 3,
    originTopic: 'wallet.commands',
    originPartition: 2,
    originOffset: '4711',
    firstFailedAt: 1,
    lastFailedAt: 2,
    retryingSince: 4,
    errorCode: 'timeout',
    errorMessage: 'after 2000 ms',
    fingerprint: 'abc',
    dueAt: 3,
    gaveUp: 'deadline',
    replay: { replayId: 'r', deadLetterId: 'd' },
  };
  const onTheWire = Object.fromEntries(
    Object.entries(toHeaders(headers)).map(([name, value]) => [name, Buffer.from(String(value))]),
  );
  expect(fromHeaders(onTheWire)).toEqual(headers);
  expect(fromHeaders({ traceparent: Buffer.from('x') })).toBeUndefined();
});

test.each([
  ['250ms', 250],
  ['5s', 5_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['44d', 3_801_600_000],
])('%s is %d ms', (text, expected) => expect(parseDuration(text)).toBe(expected));
test('a duration without a unit is refused', () => expect(() => parseDuration('5')).toThrow(RangeError));
