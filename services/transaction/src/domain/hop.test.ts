import type { Meta } from '@florin/contracts';
import { expect, test } from '@jest/globals';
import { v4, v7 } from 'uuid';
import { hopsUpTo, postingCommandOf, timeOf } from './hop.js';

const at = 1_772_366_400_123;
const meta: Meta = {
  messageId: v7(),
  occurredAt: at + 5,
  correlationId: v7(),
  causationId: v7({ msecs: at }),
  actor: null,
  aggregateVersion: 0,
  deadlineAt: null,
};
const answer = { service: 'wallet', message: 'TransferPosted', meta };

test('given an answer, then its hops are the command that it answers and itself', () => {
  expect(hopsUpTo(answer, 'PostTransfer', 'abc')).toEqual([
    { service: 'transaction', message: 'PostTransfer', messageId: meta.causationId, at, traceId: 'abc' },
    { service: 'wallet', message: 'TransferPosted', messageId: meta.messageId, at: at + 5, traceId: 'abc' },
  ]);
});

test('given an answer without a cause, then it is the only hop', () => {
  const alone = { ...answer, meta: { ...meta, causationId: null } };
  expect(hopsUpTo(alone, 'PostTransfer', null)).toMatchObject([{ messageId: meta.messageId }]);
});

test('only a UUIDv7 says when it was made', () => {
  expect(timeOf(v7({ msecs: at }))).toBe(at);
  expect(timeOf(v4())).toBeUndefined();
});

test.each([
  ['PostTransfer', 'transfer', 'wallet', null],
  ['PostTransfer', 'transfer', 'wallet', 'scheduled-transfer'],
  ['PostBulk', 'transfer', 'wallet', 'bulk'],
  ['PostDeposit', 'deposit', null, null],
  ['PostAdjustment', 'adjustment', null, null],
  ['PostAdjustment', 'adjustment', 'wallet', null],
] as const)('%s is what a %s from %s of origin %s was posted with', (command, type, sourceWalletId, kind) => {
  const origin = kind === null ? null : { kind, id: v7() };
  expect(postingCommandOf({ type, sourceWalletId, origin })).toBe(command);
});
