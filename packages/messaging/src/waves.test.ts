import { describe, expect, test } from '@jest/globals';
import type { Delivery } from './delivery.js';
import type { Handler } from './handler.js';
import type { Received, UnitOfWork } from './unit-of-work.js';
import { inWaves, prepareWaves } from './waves.js';

const handler = (name: string, more: Partial<Handler> = {}) =>
  ({ definition: { name }, apply: async () => undefined, ...more }) as Handler;
const open = handler('open');
const post = handler('post');
const delivery = (handler: Handler, key: string) => ({ handler, received: { key } }) as Delivery;
const shape = (deliveries: Delivery[]) =>
  inWaves(deliveries).map(({ handler, members }) => [
    handler.definition.name,
    members.map((m) => m.received.key).join(''),
  ]);

describe('waves', () => {
  test('given different keys, each handler gets one batch', () => {
    expect(shape([delivery(open, 'a'), delivery(post, 'b'), delivery(open, 'c')])).toEqual([
      ['open', 'ac'],
      ['post', 'b'],
    ]);
  });

  test('given one key with changing types, its messages keep their order', () => {
    expect(
      shape([delivery(open, 'a'), delivery(post, 'a'), delivery(open, 'b'), delivery(open, 'a')]),
    ).toEqual([
      ['open', 'ab'],
      ['post', 'a'],
      ['open', 'a'],
    ]);
  });

  test('given types that are handled together, one key with both of them needs one wave', () => {
    const hold = handler('hold', { apply: post.apply });
    expect(shape([delivery(post, 'a'), delivery(hold, 'a'), delivery(post, 'a')])).toEqual([['post', 'aaa']]);
  });
});

describe('what handlers share to prepare a batch', () => {
  const prepared: string[][] = [];
  const prepare = async (_unit: UnitOfWork, messages: readonly Received[]) => {
    prepared.push(messages.map((message) => message.key));
  };
  const lock = handler('lock', { prepare });
  const freeze = handler('freeze', { prepare });

  test('runs once before several waves that need it, with the messages of all, and not before a single one', async () => {
    const waves = inWaves([delivery(lock, 'a'), delivery(open, 'b'), delivery(freeze, 'a')]);
    await prepareWaves({} as UnitOfWork, waves);
    expect(prepared).toEqual([['a', 'a']]);
    await prepareWaves(
      {} as UnitOfWork,
      inWaves([delivery(lock, 'a'), delivery(open, 'b'), delivery(lock, 'c')]),
    );
    expect(prepared).toHaveLength(1);
    await prepareWaves(
      {} as UnitOfWork,
      inWaves([delivery(lock, 'a'), delivery(open, 'a'), delivery(lock, 'a')]),
    );
    expect(prepared).toHaveLength(2);
  });
});
