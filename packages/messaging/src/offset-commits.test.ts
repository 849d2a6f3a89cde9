import { createLogger } from '@florin/observability';
import { describe, expect, jest, test } from '@jest/globals';
import { OffsetCommits } from './offset-commits.js';

type Offsets = Parameters<OffsetCommits['resolved']>[0];

/** A consumer whose commits end when the test says so. */
class Commits {
  readonly pending: { resolve: () => void; reject: (error: Error) => void }[] = [];

  readonly offsets: Offsets = {
    uncommittedOffsets: () => ({ topics: [] }),
    commitOffsetsIfNecessary: () =>
      new Promise<void>((resolve, reject) => {
        this.pending.push({ resolve, reject });
      }),
  };
}

function setUp() {
  jest.useFakeTimers();
  const consumer = new Commits();
  const commits = new OffsetCommits(createLogger({ service: 'test', level: 'silent' }));
  return { consumer, commits };
}

describe('offsets', () => {
  test('are committed at most every 400 ms', async () => {
    const { consumer, commits } = setUp();
    await commits.resolved(consumer.offsets, 10, false);
    await jest.advanceTimersByTimeAsync(0);
    consumer.pending[0]?.resolve();
    await jest.advanceTimersByTimeAsync(0);
    await commits.resolved(consumer.offsets, 10, false);
    await jest.advanceTimersByTimeAsync(399);
    expect(consumer.pending).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(consumer.pending).toHaveLength(2);
  });

  test('resolved during a slow commit are committed although no record follows', async () => {
    const { consumer, commits } = setUp();
    await commits.resolved(consumer.offsets, 10, false);
    await jest.advanceTimersByTimeAsync(0);
    await commits.resolved(consumer.offsets, 5, false);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(consumer.pending).toHaveLength(1);
    consumer.pending[0]?.resolve();
    await jest.advanceTimersByTimeAsync(400);
    expect(consumer.pending).toHaveLength(2);
  });

  test('whose commit failed are committed again although no record follows', async () => {
    const { consumer, commits } = setUp();
    await commits.resolved(consumer.offsets, 10, false);
    await jest.advanceTimersByTimeAsync(0);
    consumer.pending[0]?.reject(new Error('the coordinator has moved'));
    await jest.advanceTimersByTimeAsync(400);
    expect(consumer.pending).toHaveLength(2);
  });

  test('are left to the new owner after a rebalance', async () => {
    const { consumer, commits } = setUp();
    await commits.resolved(consumer.offsets, 10, false);
    await jest.advanceTimersByTimeAsync(0);
    commits.forget();
    consumer.pending[0]?.reject(new Error('the group rebalances'));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(consumer.pending).toHaveLength(1);
  });

  test('of copied records are committed before the next batch', async () => {
    const { consumer, commits } = setUp();
    const resolved = commits.resolved(consumer.offsets, 1, true);
    await jest.advanceTimersByTimeAsync(0);
    consumer.pending[0]?.reject(new Error('the group rebalances'));
    await expect(resolved).rejects.toThrow('rebalances');
  });
});
