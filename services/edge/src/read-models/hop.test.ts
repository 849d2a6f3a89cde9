import type { Hop } from '@florin/contracts';
import { expect, test } from '@jest/globals';
import { timelineOf } from './hop.js';

const hop = (messageId: string, at: number): Hop => ({
  service: 'edge',
  message: 'SubmitTransfer',
  messageId,
  at,
  traceId: null,
});

test('a timeline is in the order of time, and tells of each message once', () => {
  const timeline = timelineOf([hop('c', 3), hop('a', 1), hop('b', 2), hop('a', 1)]);
  expect(timeline.map(({ messageId }) => messageId)).toEqual(['a', 'b', 'c']);
  expect(timeline[0]!.at).toBe('1970-01-01T00:00:00.001Z');
});
