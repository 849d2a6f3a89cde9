const seed = 0x9747b28c;
const mix = 0x5bd1e995;

/**
 * The partition of a key: murmur2 as in the Java client and in kafkajs, so that every producer agrees. That of kafkajs
 * calculates with 64-bit integers, which for a UUID took a third of the time that it needs to produce a message.
 */
export function partitionOf(key: Buffer | string, partitions: number): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  return (murmur2(bytes) & 0x7fffffff) % partitions;
}

function murmur2(bytes: Buffer): number {
  const length = bytes.length;
  let hash = seed ^ length;
  const end = length & ~3;
  for (let i = 0; i < end; i += 4) {
    let word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    word = Math.imul(word, mix);
    word = Math.imul(word ^ (word >>> 24), mix);
    hash = Math.imul(hash, mix) ^ word;
  }
  let rest = 0;
  for (let i = length - 1; i >= end; i--) rest = (rest << 8) | bytes[i]!;
  if (length > end) hash = Math.imul(hash ^ rest, mix);
  hash = Math.imul(hash ^ (hash >>> 13), mix);
  return hash ^ (hash >>> 15);
}
