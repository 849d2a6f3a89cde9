import { expect, test } from '@jest/globals';
import { swapAttempts, swapPatience } from './swap-patience.js';

const all = Array.from({ length: swapAttempts }, (_, i) => swapPatience(i + 1, 0.5));

test('the first attempt makes nobody wait for longer than half a second', () => {
  expect(all[0]!.lockMs + all[0]!.lastMessagesMs).toBeLessThanOrEqual(500);
});

test('later ones wait for longer, within bounds', () => {
  for (const [i, patience] of all.entries()) {
    const before = all[i - 1];
    if (before) expect(patience.lockMs).toBeGreaterThanOrEqual(before.lockMs);
    expect(patience.lockMs).toBeLessThanOrEqual(2_000);
    expect(patience.lastMessagesMs).toBeLessThanOrEqual(3_000);
    expect(patience.pauseMs).toBeLessThanOrEqual(3_000);
  }
});

test('several wait long enough for PostgreSQL to stop an autovacuum', () => {
  expect(all.filter(({ lockMs }) => lockMs > 1_100).length).toBeGreaterThanOrEqual(5);
});

test('pauses are never the same for everybody', () => {
  expect(swapPatience(3, 0).pauseMs).toBeLessThan(swapPatience(3, 1).pauseMs);
});
