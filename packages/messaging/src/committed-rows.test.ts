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
    expect(own.take()).toMatchObject({ ids: [11, 12, 13], hasMore: false });
    expect(own.take()).toBeUndefined();
    own.add(rows('d'), { first: 14, last: 14 });
    expect(own.take()).toMatchObject({ ids: [14], hasMore: false });
  });

  test('are read while it is not known what is done', () => {
    const own = new CommittedRows(limits);
    own.add(rows('a'), { first: 1, last: 1 });
    expect(own.take()).toBeUndefined();
    expect(own.read([1], true)).toBe(true);
    // Read before anything was settled, and a part of what is done as soon as what is below it is.
    own.settle(0);
    expect(own.floor).toBe(2);
  });

  test('wait behind a gap until it has been read, or nobody can fill it any more', () => {
    const own = settled();
    own.add(rows('behind'), { first: 12, last: 12 });
    expect(own.take()).toBeUndefined();
    expect(own.read([11], true)).toBe(true);
    expect(keysOf(own.take())).toEqual(['behind']);
    own.add(rows('behind a rollback'), { first: 15, last: 15 });
    expect(own.take()).toBeUndefined();
    own.settle(14);
    expect(keysOf(own.take())).toEqual(['behind a rollback']);
  });

  test('that were read are not taken again', () => {
    const own = settled();
    own.add(rows('b'), { first: 12, last: 12 });
    expect(own.read([12], true)).toBe(false);
    own.add(rows('a'), { first: 11, last: 11 });
    expect(keysOf(own.take())).toEqual(['a']);
    own.add(rows('c'), { first: 13, last: 13 });
    expect(keysOf(own.take())).toEqual(['c']);
  });

  test('that are committed late, after they have been read, are not taken again', () => {
    const own = settled();
    own.read([11, 12], true);
    own.add(rows('a', 'b'), { first: 11, last: 12 });
    expect(own.take()).toBeUndefined();
  });

  test('among which somebody else has drawn an id are read', () => {
    const own = settled();
    own.add(rows('a'), { first: 11, last: 11 });
    own.add(rows('b', 'c'), { first: 12, last: 14 });
    expect(own.take()).toMatchObject({ ids: [11], hasMore: true });
    expect(own.take()).toBeUndefined();
    own.read([12, 13, 14], true);
    own.add(rows('d'), { first: 15, last: 15 });
    expect(own.take()).toMatchObject({ ids: [15], hasMore: false });
  });

  test('that wait behind a gap are announced with those before it', () => {
    const own = settled();
    own.add(rows('before'), { first: 11, last: 11 });
    own.add(rows('behind'), { first: 13, last: 13 });
    expect(own.take()).toMatchObject({ ids: [11], hasMore: true });
  });

  test('of which a part has been read are read', () => {
    const own = settled();
    own.read([12], false);
    own.add(rows('b', 'c'), { first: 12, last: 13 });
    own.add(rows('a'), { first: 11, last: 11 });
    expect(own.take()).toMatchObject({ ids: [11], hasMore: true });
    expect(own.take()).toBeUndefined();
    expect(own.floor).toBe(13);
  });

  test('come in batches that end with the row that takes them past the limit', () => {
    const own = settled();
    own.add([row('a', 60), row('b', 60), row('c', 60)], { first: 11, last: 13 });
    expect(own.take()).toMatchObject({ ids: [11, 12], hasMore: true });
    expect(own.take()).toMatchObject({ ids: [13], hasMore: false });
  });

  test('are forgotten when they are too many to be kept, and read', () => {
    const own = settled();
    own.add([row('large', 5 * 1024 * 1024)], { first: 11, last: 11 });
    expect(own.take()).toBeUndefined();
    expect(own.floor).toBe(0);
  });
});

test('every row is taken once, none before a lower id that was committed earlier, and none is left behind', () => {
  // Transactions of two instances draw ids, some of them in turns, and end in any order; the reader comes when it likes.
  const step = fc.record({
    isMine: fc.boolean(),
    size: fc.integer({ min: 0, max: 4 }),
    /** Somebody else draws an id in between. */
    isTorn: fc.boolean(),
    commits: fc.boolean(),
    takes: fc.integer({ min: 0, max: 3 }),
    /** Until the process hears of its commit. */
    lag: fc.integer({ min: 0, max: 2 }),
    reads: fc.boolean(),
    settles: fc.boolean(),
    forgets: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const own = new CommittedRows({ rows: 5, bytes: 1_000 });
      own.settle(0);
      const table = new Set<number>();
      const taken: number[] = [];
      const expected: number[] = [];
      const open = new Map<number, { ids: number[]; endsAt: number }>();
      const later: { at: number; run: () => void }[] = [];
      let nextId = 1;
      const take = (ids: readonly number[]): void => {
        for (const id of ids) {
          // Whatever is committed, is lower and still there could be of the same key.
          expect([...table].filter((other) => other < id)).toEqual([]);
          expect(table.delete(id)).toBe(true);
          taken.push(id);
        }
      };
      const read = (limit = Number.POSITIVE_INFINITY): void => {
        const found = [...table].sort((a, b) => a - b).slice(0, limit);
        take(found);
        own.read(found, table.size === 0);
      };
      const begin = (
        at: number,
        ids: number[],
        { isMine, commits, takes, lag }: (typeof steps)[number],
      ): void => {
        const drawn = { first: ids[0]!, last: ids.at(-1)! };
        open.set(drawn.first, { ids, endsAt: at + takes });
        const end = (): void => {
          open.delete(drawn.first);
          if (!commits) return;
          for (const id of ids) table.add(id);
          expected.push(...ids);
          const written = ids.map((id) => row(String(id)));
          if (isMine) later.push({ at: at + takes + lag, run: () => own.add(written, drawn) });
        };
        later.push({ at: at + takes, run: end });
      };
      const rest = Array.from({ length: 6 }, () => undefined);
      for (const [at, now] of [...steps, ...rest].entries()) {
        if (now && now.size > 0) {
          const ids = Array.from({ length: now.size }, () => nextId++);
          const torn = now.isTorn && now.size > 1 ? ids.splice(1, 1) : [];
          begin(at, ids, now);
          if (torn.length > 0) begin(at, torn, { ...now, isMine: false });
        }
        for (
          let due = later.findIndex((step) => step.at <= at);
          due >= 0;
          due = later.findIndex((step) => step.at <= at)
        ) {
          later.splice(due, 1)[0]!.run();
        }
        if (now?.forgets === 0) own.forget();
        let hasMore = false;
        for (let some = own.take(); some; some = own.take()) {
          take(some.ids);
          hasMore = some.hasMore;
        }
        // As the relay does: what is behind a gap is not left to the next poll.
        if (hasMore) read();
        if (!now?.reads) continue;
        read();
        const lowestOpen = Math.min(nextId, ...[...open.values()].flatMap(({ ids }) => ids));
        if (now.settles) own.settle(lowestOpen - 1);
      }
      read();
      expect(taken.sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
    }),
  );
});
