import { describe, expect, test } from '@jest/globals';
import { judgeRedrive, type RedriveConditions, redriveBackoffMs, type ServiceHealth } from './redrive.js';

const now = 1_000_000;
const any: RedriveConditions = { breaker: null, newVersion: false, minAgeSeconds: null, stableSeconds: 30 };
const healthy: ServiceHealth = {
  instances: [{ version: 'v2', breakers: [{ name: 'sms', state: 'closed', changedAt: now - 60_000 }] }],
  deployment: { version: 'v2', previousVersion: 'v1', settledAt: now - 90_000 },
};
const judge = (conditions: Partial<RedriveConditions>, health: Partial<ServiceHealth> = {}) =>
  judgeRedrive({ ...any, ...conditions }, { ...healthy, ...health }, now);
const withBreaker = (state: string, changedAt: number) => ({
  instances: [...healthy.instances, { version: 'v2', breakers: [{ name: 'sms', state, changedAt }] }],
});

describe('a rule about a breaker', () => {
  test('given it closed for long enough in every instance, takes what failed before that', () => {
    expect(judge({ breaker: 'sms' })).toEqual({ failedBefore: now - 30_000 });
    expect(judge({ breaker: 'sms' }, withBreaker('half-open', now - 31_000))).toHaveProperty('failedBefore');
  });

  test.each([
    ['open in one instance', withBreaker('open', now - 60_000)],
    ['closed a moment ago in one instance', withBreaker('closed', now - 29_000)],
    ['unknown, because nobody reports', { instances: [] }],
  ])('given it %s, takes nothing', (_, health) => {
    expect(judge({ breaker: 'sms' }, health)).toHaveProperty('obstacle');
  });
});

describe('a rule about a new version', () => {
  test('given that it runs alone, takes what failed before it did', () => {
    expect(judge({ newVersion: true })).toEqual({ failedBefore: now - 90_000 });
  });

  test.each([
    ['the first version ever', { deployment: { ...healthy.deployment!, previousVersion: null } }],
    ['another version beside it', { instances: [...healthy.instances, { version: 'v1', breakers: [] }] }],
    ['one deployed a moment ago', { deployment: { ...healthy.deployment!, settledAt: now - 1_000 } }],
    ['nobody who reports', { instances: [] }],
  ])('given %s, takes nothing', (_, health) => {
    expect(judge({ newVersion: true }, health)).toHaveProperty('obstacle');
  });
});

test('given several conditions, all must hold, and the earliest instant counts', () => {
  expect(judge({ breaker: 'sms', newVersion: true, minAgeSeconds: 600 })).toEqual({
    failedBefore: now - 600_000,
  });
  expect(judge({ breaker: 'psp', minAgeSeconds: 600 })).toHaveProperty('obstacle');
});

test('the wait doubles with every failure, to a day', () => {
  expect([0, 1, 2, 3, 40].map((failures) => redriveBackoffMs(300, failures))).toEqual([
    0, 300_000, 600_000, 1_200_000, 86_400_000,
  ]);
});
