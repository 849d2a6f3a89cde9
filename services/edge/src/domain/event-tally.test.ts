import { describe, expect, test } from '@jest/globals';
import { EventTally } from './event-tally.js';
import { noOrigin, type SecurityEvent, type SecurityEventName } from './security-event.js';

const limits = { windowMs: 60_000, maxEach: 3, maxSingle: 5, maxOrigins: 4 };

function failure(atMs: number, address: string, event: SecurityEventName = 'login.failed'): SecurityEvent {
  const origin = { ...noOrigin, address };
  return { event, outcome: 'refused', actor: 'anonymous', origin, occurredAt: new Date(atMs) };
}

const summary = (rows: readonly { origin: { address: string | null }; occurrences: number }[]) =>
  rows.map(({ origin, occurrences }) => [origin.address, occurrences]);

describe('given a flood', () => {
  test('of one origin, the first are rows of their own and the rest is one row at the end of the window', () => {
    const tally = new EventTally(limits);
    for (let i = 0; i < 1_000; i++) tally.add(failure(i, 'a'));
    expect(summary(tally.take(2_000))).toEqual([
      ['a', 1],
      ['a', 1],
      ['a', 1],
    ]);
    expect(tally.take(59_999)).toEqual([]);
    const [rest, ...more] = tally.take(60_000);
    expect(more).toEqual([]);
    expect(rest).toMatchObject({ occurrences: 997, occurredAt: new Date(999) });
  });

  test('of endless origins, the rows are bounded and no event is lost from the count', () => {
    const tally = new EventTally(limits);
    for (let i = 0; i < 1_000; i++) tally.add(failure(0, `address ${i % 100}`));
    const rows = [...tally.take(0), ...tally.take(60_000)];
    expect(rows.length).toBeLessThanOrEqual(limits.maxSingle + limits.maxOrigins + 1);
    expect(rows.reduce((sum, { occurrences }) => sum + occurrences, 0)).toBe(1_000);
    expect(rows.find(({ reason }) => reason === 'many-origins')).toMatchObject({
      occurrences: 960,
      origin: noOrigin,
    });
  });

  test('of one kind, events of another kind keep their rows', () => {
    const tally = new EventTally(limits);
    for (let i = 0; i < 100; i++) tally.add(failure(0, `address ${i}`, 'authentication.failed'));
    tally.add(failure(1, 'b'));
    expect(tally.take(1).at(-1)).toMatchObject({ event: 'login.failed', origin: { address: 'b' } });
  });
});

test('given a new window, an origin has rows of its own again', () => {
  const tally = new EventTally(limits);
  for (const at of [0, 0, 0, 0, 60_000]) tally.add(failure(at, 'a'));
  expect(summary(tally.take(60_000))).toEqual([
    ['a', 1],
    ['a', 1],
    ['a', 1],
    ['a', 1],
    ['a', 1],
  ]);
});

test('given the end of time, nothing is held back', () => {
  const tally = new EventTally(limits);
  for (let i = 0; i < 5; i++) tally.add(failure(0, 'a'));
  expect(summary(tally.take(Number.POSITIVE_INFINITY)).at(-1)).toEqual(['a', 2]);
  tally.add(failure(1, 'a'));
  expect(summary(tally.take(1))).toEqual([['a', 1]]);
});
