import { describe, expect, test } from '@jest/globals';
import type { Delivery } from './delivery.js';
import type { Handler } from './handler.js';
import { inWaves } from './waves.js';

const open = { definition: { name: 'open' } } as Handler;
const post = { definition: { name: 'post' } } as Handler;
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
});
