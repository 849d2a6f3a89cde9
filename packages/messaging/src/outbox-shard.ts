export const outboxShards = 8;

/** FNV-1a, 32 bits: the shard of a key has to be the same in every process and version. */
export function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % outboxShards;
}
