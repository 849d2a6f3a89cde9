import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { GateFullError, type GateOptions, GroupCommitGate } from './group-commit-gate.js';

/** A gate whose commits end when the test says so. */
function controlledGate(options: GateOptions = { maxBatch: 500, maxQueue: 5_000 }) {
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

describe('a gate that holds batches', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Items with these outcomes are committed, then another one is submitted. */
  async function held(outcomes: readonly (Promise<unknown> | undefined)[]) {
    const { gate, commits } = controlledGate({ maxBatch: 500, maxQueue: 5_000, holdMs: 50 });
    const first = outcomes.map((outcome, i) => gate.submit(i, outcome));
    await turn();
    commits[0]!.finish();
    await Promise.all(first);
    const last = gate.submit(9);
    await turn();
    return {
      commits,
      async end() {
        commits[1]!.finish();
        await last;
        await gate.idle();
      },
    };
  }
  const never = new Promise<never>(() => {});
  function deferred() {
    let resolve!: (outcome: unknown) => void;
    let reject!: (error: Error) => void;
    const promise = new Promise<unknown>((...given) => {
      [resolve, reject] = given;
    });
    return { promise, resolve, reject };
  }

  test('lets the next one follow with the first outcome', async () => {
    const outcome = deferred();
    const { commits, end } = await held([never, outcome.promise]);
    expect(commits).toHaveLength(1);
    outcome.resolve('settled');
    await turn();
    expect(commits[1]?.items).toEqual([9]);
    expect(jest.getTimerCount()).toBe(0);
    await end();
  });

  test('or when it is certain that none will be known', async () => {
    const [first, second] = [deferred(), deferred()];
    const { commits, end } = await held([first.promise, second.promise]);
    first.resolve(undefined);
    await turn();
    expect(commits).toHaveLength(1);
    second.reject(new Error('no outcome'));
    await turn();
    expect(commits).toHaveLength(2);
    expect(jest.getTimerCount()).toBe(0);
    await end();
  });

  test('or when the time is up', async () => {
    const { commits, end } = await held([never]);
    jest.advanceTimersByTime(49);
    await turn();
    expect(commits).toHaveLength(1);
    jest.advanceTimersByTime(1);
    await turn();
    expect(commits).toHaveLength(2);
    await end();
  });

  test('does not hold a full batch', async () => {
    const { gate, commits } = controlledGate({ maxBatch: 2, maxQueue: 5_000, holdMs: 50 });
    const first = gate.submit(1, never);
    await turn();
    commits[0]!.finish();
    await first;
    const others = [2, 3, 4].map((item) => gate.submit(item));
    await turn();
    expect(commits[1]?.items).toEqual([2, 3]);
    commits[1]!.finish();
    await turn();
    commits[2]!.finish();
    await Promise.all(others);
  });

  test('holds nothing behind items whose outcome nobody hears of', async () => {
    const { commits, end } = await held([undefined, undefined]);
    expect(commits).toHaveLength(2);
    await end();
  });
});
