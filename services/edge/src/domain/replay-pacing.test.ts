import { describe, expect, test } from '@jest/globals';
import { nextReplayStep, type ReplayProgress } from './replay-pacing.js';

const fresh: ReplayProgress = {
  dryRun: false,
  canary: false,
  ratePerSecond: null,
  maxFailuresInRow: 3,
  waves: 0,
  nextWaveAt: null,
  unsent: 10_000,
  inFlight: 0,
  failuresInRow: 0,
};
const step = (progress: Partial<ReplayProgress>, nowMs = 1_000) =>
  nextReplayStep({ ...fresh, ...progress }, nowMs);

describe('a replay', () => {
  test('given nothing else, sends full waves until too many outcomes are missing', () => {
    expect(step({})).toEqual({ kind: 'send', count: 500, nextWaveAt: null });
    expect(step({ unsent: 7 })).toMatchObject({ count: 7 });
    expect(step({ inFlight: 1_950 })).toMatchObject({ count: 50 });
    expect(step({ inFlight: 2_000 })).toEqual({ kind: 'wait', waitMs: undefined });
    expect(step({ unsent: 0, inFlight: 5 })).toEqual({ kind: 'done' });
  });

  test('given as many failures in a row as it bears, aborts; a dry run goes on', () => {
    expect(step({ failuresInRow: 2 }).kind).toBe('send');
    expect(step({ failuresInRow: 3 })).toEqual({ kind: 'abort', reason: 'failures-in-a-row' });
    expect(step({ failuresInRow: 3, dryRun: true }).kind).toBe('send');
  });
});

describe('a replay with a canary', () => {
  test('sends one, waits for its outcome, then doubles', () => {
    expect(step({ canary: true })).toMatchObject({ kind: 'send', count: 1 });
    expect(step({ canary: true, waves: 1, inFlight: 1 })).toEqual({ kind: 'wait', waitMs: undefined });
    expect([1, 2, 3, 4, 20, 2_000].map((waves) => step({ canary: true, waves }))).toMatchObject(
      [2, 4, 8, 16, 500, 500].map((count) => ({ count })),
    );
  });

  test('given a canary that failed, aborts, a dry run too', () => {
    const failed = { canary: true, waves: 1, failuresInRow: 1 };
    expect(step(failed)).toEqual({ kind: 'abort', reason: 'canary-failed' });
    expect(step({ ...failed, dryRun: true })).toEqual({ kind: 'abort', reason: 'canary-failed' });
    expect(step({ ...failed, waves: 2 }).kind).toBe('send');
  });
});

describe('a replay with a rate', () => {
  test.each([
    [1, 1, 2_000],
    [10, 2, 1_200],
    [40, 10, 1_250],
    [10_000, 500, 1_050],
  ])('of %d a second, sends %d and comes back at %d', (ratePerSecond, count, nextWaveAt) => {
    expect(step({ ratePerSecond })).toEqual({ kind: 'send', count, nextWaveAt });
  });

  test('waits until its time has come', () => {
    expect(step({ ratePerSecond: 1, nextWaveAt: 1_300 })).toEqual({ kind: 'wait', waitMs: 300 });
    expect(step({ ratePerSecond: 1, nextWaveAt: 1_300 }, 1_300).kind).toBe('send');
  });

  test('given a long pause, does not catch up', () => {
    expect(step({ ratePerSecond: 8, nextWaveAt: 0 }, 3_600_000)).toMatchObject({ count: 2 });
  });
});
