import { expect, test } from '@jest/globals';
import { inBatches } from './in-batches.js';

/** So many to be done, and the sizes of the batches that were asked for. */
function backlog(left: number) {
  const asked: number[] = [];
  const batch = async (size: number) => {
    asked.push(size);
    const done = Math.min(left, size);
    left -= done;
    return done;
  };
  return { asked, batch };
}

test('batches are repeated until one is not full', async () => {
  const { asked, batch } = backlog(25);
  expect(await inBatches(10, batch)).toBe(25);
  expect(asked).toEqual([10, 10, 10]);
});

test('the batch that finds nothing left is the last', async () => {
  const { asked, batch } = backlog(20);
  expect(await inBatches(10, batch)).toBe(20);
  expect(asked).toHaveLength(3);
});

test('a job that is told to stop ends with its batch', async () => {
  const { asked, batch } = backlog(25);
  const stop = new AbortController();
  const stopped = (size: number) => {
    if (asked.length === 1) stop.abort();
    return batch(size);
  };
  expect(await inBatches(10, stopped, stop.signal)).toBe(20);
});

test('a job that was told to stop before does nothing any more', async () => {
  const { asked, batch } = backlog(25);
  expect(await inBatches(10, batch, AbortSignal.abort())).toBe(0);
  expect(asked).toEqual([]);
});
