import { describe, expect, test } from '@jest/globals';
import { GateFullError, GroupCommitGate } from './group-commit-gate.js';

/** A gate whose commits end when the test says so. */
function controlledGate(options = { maxBatch: 500, maxQueue: 5_000 }) {
  const commits: { items: readonly number[]; finish: () => void }[] = [];
  const gate = new GroupCommitGate<number, string>(
    (items) =>
      new Promise((resolve) => {
        commits.push({ items, finish: () => resolve(items.map((item) => `done ${item}`)) });
      }),
    options,
  );
  return { gate, commits };
}
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('a group-commit gate', () => {
  test('given items that arrive while a commit runs, they share the next one, in order', async () => {
    const { gate, commits } = controlledGate();
    const first = gate.submit(1);
    await turn();
    const others = [gate.submit(2), gate.submit(3), gate.submit(4)];
    await turn();
    expect(commits.map(({ items }) => items)).toEqual([[1]]);
    commits[0]?.finish();
    expect(await first).toBe('done 1');
    await turn();
    expect(commits[1]?.items).toEqual([2, 3, 4]);
    commits[1]?.finish();
    expect(await Promise.all(others)).toEqual(['done 2', 'done 3', 'done 4']);
    await gate.idle();
  });

  test('given more items than a batch holds, the rest goes with the next commit', async () => {
    const { gate, commits } = controlledGate({ maxBatch: 2, maxQueue: 10 });
    const all = [1, 2, 3].map((item) => gate.submit(item));
    await turn();
    expect(commits[0]?.items).toEqual([1, 2]);
    commits[0]?.finish();
    await turn();
    expect(commits[1]?.items).toEqual([3]);
    commits[1]?.finish();
    await Promise.all(all);
  });

  test('given a full queue, the next item is refused at once', async () => {
    const { gate, commits } = controlledGate({ maxBatch: 1, maxQueue: 1 });
    const first = gate.submit(1);
    await turn();
    const second = gate.submit(2);
    await expect(gate.submit(3)).rejects.toBeInstanceOf(GateFullError);
    commits[0]?.finish();
    await first;
    await turn();
    commits[1]?.finish();
    await second;
  });

  test('given one item that cannot be committed, only its caller hears of it', async () => {
    const committed: number[] = [];
    const gate = new GroupCommitGate<number, number>(
      async (items) => {
        if (items.includes(13)) throw new Error('unlucky');
        committed.push(...items);
        return items;
      },
      { maxBatch: 500, maxQueue: 500 },
    );
    const outcomes = await Promise.allSettled([11, 12, 13, 14, 15].map((item) => gate.submit(item)));
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(committed).toEqual([11, 12, 14, 15]);
  });

  test('given a database that is away, the batch is not tried item by item', async () => {
    let attempts = 0;
    const gate = new GroupCommitGate<number, number>(
      async () => {
        attempts++;
        throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      },
      { maxBatch: 500, maxQueue: 500 },
    );
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((item) => gate.submit(item)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(attempts).toBe(1);
  });
});
