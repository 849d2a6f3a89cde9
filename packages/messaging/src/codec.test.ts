import { type Message, type MessageDefinition, PostTransfer } from '@florin/contracts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Codec, maxMessageBytes, type SchemaIds } from './codec.js';

const id = '0192d3b0-0000-7000-8000-000000000001';

function transfer(description: string): PostTransfer {
  return {
    meta: {
      messageId: id,
      occurredAt: 1,
      correlationId: id,
      causationId: null,
      actor: 'service:test',
      aggregateVersion: 0,
      deadlineAt: null,
    },
    transactionId: id,
    sourceWalletId: id,
    destinationWalletId: id,
    amount: 5,
    feeAmount: 0,
    currency: 'USD',
    exchange: null,
    description,
  };
}

describe('a message', () => {
  // The registry itself has tests of its own; here an id is enough.
  const ids = { getRegistryIdBySchema: async () => 7 } as unknown as SchemaIds;
  const codec = new Codec('', [PostTransfer as MessageDefinition], ids);
  const sizeOf = (length: number) => codec.encode(PostTransfer, transfer('x'.repeat(length))).length;
  beforeAll(() => codec.connect());

  test('of any size around that of the buffer it is written in survives, behind one of another size', async () => {
    const fixed = sizeOf(3_000) - 3_000;
    for (let size = 4_096 - 3; size <= 4_096 + 3; size++) {
      codec.encode(PostTransfer, transfer('y'.repeat(5_000)));
      const value = transfer('x'.repeat(size - fixed));
      const bytes = codec.encode(PostTransfer, value);
      expect([bytes.length, bytes.readUInt8(0), bytes.readUInt32BE(1)]).toEqual([size, 0, 7]);
      codec.encode(PostTransfer, transfer('z'.repeat(3_000)));
      const decoded: { value: Message | undefined } = await codec.decode(bytes);
      expect(decoded.value).toEqual(value);
    }
  });

  test('has a limit', () => {
    expect(sizeOf(maxMessageBytes - 1_000)).toBeGreaterThan(maxMessageBytes - 1_000);
    expect(() => sizeOf(maxMessageBytes)).toThrow(/more than 524288/);
    expect(sizeOf(10)).toBeLessThan(300);
  });

  test('that does not fit its schema is refused with the names of what does not', () => {
    const value = { ...transfer('x'), amount: 0.5 };
    expect(() => codec.encode(PostTransfer, value)).toThrow(/does not fit its schema: amount/);
  });
});
