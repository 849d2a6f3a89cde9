import { expect, test } from '@jest/globals';
import { cancelledBy, maxOpenSchedules, refuseSchedule } from './scheduled-transfer.js';

test('a customer may have so many schedules, with wallets that are open', () => {
  const room = { hasClosedWallet: false, openSchedules: maxOpenSchedules - 1 };
  expect(refuseSchedule(room)).toBeUndefined();
  expect(refuseSchedule({ ...room, openSchedules: maxOpenSchedules })).toBe('too-many-scheduled-transfers');
  expect(refuseSchedule({ ...room, hasClosedWallet: true })).toBe('wallet-closed');
});

test.each([
  ['customer:1', 'by-customer'],
  ['key:1', 'by-api-key'],
  ['service:edge', 'by-platform'],
  [null, 'by-platform'],
])('a cancellation by %s says %s', (actor, reason) => {
  expect(cancelledBy(actor)).toBe(reason);
});
