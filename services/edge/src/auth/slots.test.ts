import { expect, test } from '@jest/globals';
import { Slots } from './slots.js';

/** Slots whose work ends when the test says so. */
function heldSlots(limits: { count: number; maxWaiting: number; maxWaitingEach: number }) {
  const slots = new Slots(limits, {
    full: () => new Error('full'),
    fullForParty: () => new Error('full for you'),
  });
  const running: { party: string; end: () => void }[] = [];
  const run = (party: string) =>
    slots.run(
      party,
      () =>
        new Promise<string>((resolve) => {
          running.push({ party, end: () => resolve(party) });
        }),
    );
  return { run, running };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('who waits is served in order, and no more run at once than there are slots', async () => {
  const { run, running } = heldSlots({ count: 2, maxWaiting: 10, maxWaitingEach: 10 });
  const all = ['a', 'b', 'c', 'a'].map(run);
  expect(running.map(({ party }) => party)).toEqual(['a', 'b']);
  running[1]?.end();
  await turn();
  expect(running.map(({ party }) => party)).toEqual(['a', 'b', 'c']);
  running[0]?.end();
  await turn();
  running[2]?.end();
  running[3]?.end();
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'a']);
});

test('one party cannot fill the queue for the others', async () => {
  const { run, running } = heldSlots({ count: 1, maxWaiting: 3, maxWaitingEach: 2 });
  const flood = Array.from({ length: 5 }, () => run('attacker'));
  const outcomes = Promise.allSettled(flood);
  const owner = run('owner');
  await expect(run('late')).rejects.toThrow('full');
  for (let i = 0; i < 4; i++) {
    running[i]?.end();
    await turn();
  }
  expect((await outcomes).map(({ status }) => status)).toEqual([
    ...Array(3).fill('fulfilled'),
    ...Array(2).fill('rejected'),
  ]);
  expect(await owner).toBe('owner');
  await expect(flood[4]).rejects.toThrow('full for you');
});

test('work that fails gives its slot back, and who was served may wait again', async () => {
  const slots = new Slots(
    { count: 1, maxWaiting: 1, maxWaitingEach: 1 },
    { full: () => new Error('full'), fullForParty: () => new Error('full for you') },
  );
  const fail = () => Promise.reject(new Error('failed'));
  for (let i = 0; i < 3; i++) {
    const both = await Promise.allSettled([slots.run('a', fail), slots.run('a', fail)]);
    expect(both).toMatchObject(Array(2).fill({ reason: { message: 'failed' } }));
  }
});
