import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CommittedRows } from './committed-rows.js';
import type { OutboxRow } from './outbox.js';

const limits = { rows: 3, bytes: 100 };
const row = (name: string, bytes = 1): OutboxRow => ({
  topic: 't',
  key: name,
  value: Buffer.alloc(bytes),
  traceparent: '00',
});
const rows = (...names: string[]): OutboxRow[] => names.map((name) => row(name));
const keysOf = (taken: ReturnType<CommittedRows['take']>): string[] =>
  taken?.rows.map(({ key }) => key) ?? [];

/** One that knows that everything up to id 10 is done. */
function settled(): CommittedRows {
  const own = new CommittedRows(limits);
  own.settle(10);
  return own;
}

describe('rows of this process', () => {
  test('may go when their ids follow those that are done', () => {
    const own = settled();
    own.add(rows('a', 'b'), { first: 11, last: 12 });
    own.add(rows('c'), { first: 13, last: 13 });
    expect(own.take()).toMatchObject({ ids: [11, 12, 13], isFull: true });
    expect(own.take()).toBeUndefined();
    own.add(rows('d'), { first: 14, last: 14 });
    expect(own.take()).toMatchObject({ ids: [14], isFull: false });
  });

  test('are read while it is not known what is done', () => {
    const own = new CommittedRows(limits);
    own.add(rows('a'), { first: 1, last: 1 });
    expect(own.take()).toBeUndefined();
    expect(own.read([1])).toBe(true);
    // Read before anything was settled, and a part of what is done as soon as what is below it is.
    own.settle(0);
    expect(own.floor).toBe(2);
  });

  test('wait behind a gap until it has been read, or nobody can fill it any more', () => {
    const own = settled();
    own.add(rows('behind'), { first: 12, last: 12 });
    expect(own.take()).toBeUndefined();
    expect(own.read([11])).toBe(true);
    expect(keysOf(own.take())).toEqual(['behind']);
    own.add(rows('behind a rollback'), { first: 15, last: 15 });
    expect(own.take()).toBeUndefined();
    own.settle(14);
    expect(keysOf(own.take())).toEqual(['behind a rollback']);
  });

  test('that were read are not taken again', () => {
    const own = settled();
    own.add(rows('b'), { first: 12, last: 12 });
    expect(own.read([12])).toBe(false);
    own.add(rows('a'), { first: 11, last: 11 });
    expect(keysOf(own.take())).toEqual(['a']);
    own.add(rows('c'), { first: 13, last: 13 });
    expect(keysOf(own.take())).toEqual(['c']);
  });

  test('that are committed late, after they have been read, are not taken again', () => {
    const own = settled();
    own.read([11, 12]);
    own.add(rows('a', 'b'), { first: 11, last: 12 });
    expect(own.take()).toBeUndefined();
  });

  test('among which somebody else has drawn an id are read', () => {
    const own = settled();
    own.add(rows('a', 'b'), { first: 11, last: 13 });
    expect(own.take()).toBeUndefined();
  });

  test('come in batches that end with the row that takes them past the limit', () => {
    const own = settled();
    own.add([row('a', 60), row('b', 60), row('c', 60)], { first: 11, last: 13 });
    expect(own.take()).toMatchObject({ ids: [11, 12], isFull: true });
    expect(own.take()).toMatchObject({ ids: [13], isFull: false });
  });

  test('are forgotten when they are too many to be kept, and read', () => {
    const own = settled();
    own.add([row('large', 5 * 1024 * 1024)], { first: 11, last: 11 });
    expect(own.take()).toBeUndefined();
    expect(own.floor).toBe(0);
  });
});

test('every row is taken once, and none before a lower id of this process or of others that was committed before it', () => {
  // Transactions of two instances draw ids one after the other and end in any order; the reader comes when it likes.
  const step = fc.record({
    mine: fc.boolean(),
    size: fc.integer({ min: 1, max: 4 }),
    fate: fc.constantFrom('commit', 'roll back'),
    delay: fc.integer({ min: 0, max: 3 }),
    reads: fc.boolean(),
    settles: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const own = new CommittedRows({ rows: 5, bytes: 1_000 });
      own.settle(0);
      const table = new Set<number>();
      const taken: number[] = [];
      const open: { ids: number[]; endsAt: number; mine: boolean; commits: boolean }[] = [];
      let nextId = 1;
      const take = (ids: readonly number[]): void => {
        for (const id of ids) {
          // Whatever is committed, is lower and still there could be of the same key.
          expect([...table].filter((other) => other < id)).toEqual([]);
          table.delete(id);
          taken.push(id);
        }
      };
      const expected: number[] = [];
      [...steps, ...steps.map((last) => ({ ...last, size: 0 }))].forEach((now, at) => {
        if (now.size > 0) {
          const ids = Array.from({ length: now.size }, () => nextId++);
          open.push({ ids, endsAt: at + now.delay, mine: now.mine, commits: now.fate === 'commit' });
        }
        for (const done of open.filter(({ endsAt }) => endsAt === at)) {
          if (!done.commits) continue;
          for (const id of done.ids) table.add(id);
          expected.push(...done.ids);
          const first = done.ids[0]!;
          if (done.mine)
            own.add(
              done.ids.map((id) => row(String(id))),
              { first, last: done.ids.at(-1)! },
            );
        }
        for (let some = own.take(); some; some = own.take()) take(some.ids);
        const stillOpen = open.filter(({ endsAt }) => endsAt > at).flatMap(({ ids }) => ids);
        if (!now.reads) return;
        const found = [...table].sort((a, b) => a - b);
        take(found);
        own.read(found);
        if (now.settles) own.settle(Math.min(nextId, ...stillOpen) - 1);
      });
      const rest = [...table].sort((a, b) => a - b);
      expect([...taken, ...rest].sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
    }),
  );
});
