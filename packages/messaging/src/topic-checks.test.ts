import { describe, expect, test } from '@jest/globals';
import { dayMs } from './duration.js';
import { judgeRetention, judgeRetryTopic, judgeTopic } from './topic-checks.js';
import type { TopicSettings } from './topic-settings.js';

const sound: TopicSettings = {
  name: 'wallet.commands',
  retentionMs: 7 * dayMs,
  retentionBytes: Number.POSITIVE_INFINITY,
  cleanupPolicy: 'delete',
  minInsyncReplicas: 2,
  maxMessageBytes: 1_048_588,
  uncleanLeaderElection: false,
  replicas: 3,
};

test('three copies, two of them in sync, are beyond reproach', () => {
  expect(judgeTopic(sound, 3)).toEqual({ errors: [], warnings: [] });
  expect(judgeTopic({ ...sound, replicas: 1, minInsyncReplicas: 1 }, 1)).toEqual({
    errors: [],
    warnings: [],
  });
});

describe('a service does not start with a topic that', () => {
  test.each<[string, Partial<TopicSettings>, RegExp]>([
    ['is compacted', { cleanupPolicy: 'compact,delete' }, /compacted/],
    ['can never acknowledge', { replicas: 1 }, /1 replicas and min\.insync\.replicas=2/],
    ['is too small for a batch', { maxMessageBytes: 100_000 }, /takes 100000 bytes/],
  ])('%s', (_what, change, text) => {
    const { errors } = judgeTopic({ ...sound, ...change }, 3);
    expect(errors).toEqual([expect.stringMatching(text)]);
  });
});

describe('an operator is warned of a topic that', () => {
  test.each<[string, Partial<TopicSettings>, RegExp]>([
    ['has one copy', { replicas: 1, minInsyncReplicas: 1 }, /one broker only/],
    ['acknowledges one copy', { minInsyncReplicas: 1 }, /set it to 2/],
    ['needs all copies', { minInsyncReplicas: 3 }, /while one of its 3 brokers is away/],
    ['elects unclean leaders', { uncleanLeaderElection: true }, /unclean/],
    ['is bounded in bytes', { retentionBytes: 1_000 }, /retention\.bytes=1000/],
    ['forgets within hours', { retentionMs: 3_600_000 }, /within 3600 s/],
  ])('%s', (_what, change, text) => {
    const { errors, warnings } = judgeTopic({ ...sound, ...change }, 3);
    expect(errors).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(text)]);
  });
});

describe('the inbox', () => {
  const dead = { ...sound, name: 'wallet.commands.wallet.dlq', retentionMs: 30 * dayMs };

  test('has to remember longer than topic and dead letters together', () => {
    expect(judgeRetention([sound], [dead], 44 * dayMs)).toEqual([]);
    expect(judgeRetention([sound], [dead], 37 * dayMs)).toEqual([
      expect.stringMatching(
        /keeps 7 days, .*\.dlq keeps 30 days, the inbox 37 days.*INBOX_RETENTION to more than 37/,
      ),
    ]);
  });

  test('cannot outlast a topic that keeps for ever, unless it never forgets either', () => {
    const endless = { ...sound, retentionMs: Number.POSITIVE_INFINITY };
    expect(judgeRetention([endless], [dead], 44 * dayMs)).toEqual([expect.stringMatching(/forever/)]);
    expect(judgeRetention([endless], [dead], Number.POSITIVE_INFINITY)).toEqual([]);
  });
});

test('a retry topic has to keep its messages until they are due', () => {
  expect(judgeRetryTopic(sound, 3_600_000)).toEqual([]);
  expect(judgeRetryTopic({ ...sound, retentionMs: 3_600_000 }, 3_600_000)).toHaveLength(1);
});
