import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { partitionOf } from '../src/partitioner.js';

const partitionMetadata = (partitions: number) =>
  Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    leader: 0,
    partitionErrorCode: 0,
    replicas: [],
    isr: [],
  }));

/** Where kafkajs puts a key by itself. */
function defaultPartition(key: Buffer | string, partitions: number): number {
  const partitioner = Partitioners.DefaultPartitioner();
  return partitioner({
    topic: 't',
    partitionMetadata: partitionMetadata(partitions),
    message: { key, value: null },
  });
}

test('a key has the partition that other producers give it', () => {
  const keys = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 70 }).map((bytes) => Buffer.from(bytes)),
    fc.noShrink(fc.constant(null).map(() => randomUUID())),
  );
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 512 }), (key, partitions) => {
      expect(partitionOf(key, partitions)).toBe(defaultPartition(key, partitions));
    }),
    { numRuns: 3_000 },
  );
});
