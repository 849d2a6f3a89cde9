import type { Redis } from 'ioredis';

/*
 * What a key holds begins with what it means: `=` a value, behind the generation that it belongs to; `?` the lease of the reader who
 * may store one; `!` a change that is about to commit, so that nobody may. A generation that begins with `!` blocks all keys.
 */

const look = `
local generation = redis.call('GET', KEYS[1]) or ''
if string.sub(generation, 1, 1) == '!' then return {0} end
local found = redis.call('GET', KEYS[2])
if found then
  local head = '=' .. generation .. ' '
  if string.sub(found, 1, #head) == head then return {1, string.sub(found, #head + 1)} end
  if string.sub(found, 1, 1) ~= '=' then return {0} end
end
redis.call('SET', KEYS[2], '?' .. ARGV[1], 'PX', ARGV[2])
return {2, generation}`;

const fill = `
if redis.call('GET', KEYS[1]) ~= '?' .. ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

const block = `
for _, key in ipairs(KEYS) do redis.call('SET', key, '!' .. ARGV[1], 'PX', ARGV[2]) end`;

/** A value or a lease instead of the block means that the block expired before its transaction had committed: it may be old. */
const unblock = `
for _, key in ipairs(KEYS) do
  local found = redis.call('GET', key)
  if found and (found == '!' .. ARGV[1] or string.sub(found, 1, 1) ~= '!') then redis.call('DEL', key) end
end`;

/** Everything that is stored belongs to the past, unless everything is blocked: then it will in a moment. */
const renew = `
local generation = redis.call('GET', KEYS[1]) or ''
if string.sub(generation, 1, 1) ~= '!' or generation == ARGV[3] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`;

export type Looked =
  | { readonly kind: 'hit'; readonly text: string }
  | { readonly kind: 'lease'; readonly generation: string }
  | { readonly kind: 'none' };

/** The commands of the cache; each is atomic. */
export interface CacheCommands {
  look(key: string, token: string, leaseMs: number): Promise<Looked>;
  /** Stores a value if the lease is still held; gives the lease up when there is none. */
  fill(
    key: string,
    token: string,
    text: string | undefined,
    generation: string,
    ttlMs: number,
  ): Promise<void>;
  block(keys: readonly string[], token: string, ms: number): Promise<void>;
  unblock(keys: readonly string[], token: string): Promise<void>;
  blockAll(token: string, ms: number): Promise<void>;
  /** Begins a generation; `blocked` is the token of a block of everything that it may end. */
  renew(generation: string, ms: number, blocked?: string): Promise<void>;
  ping(): Promise<void>;
}

interface Scripts {
  cacheLook(generation: string, key: string, token: string, leaseMs: number): Promise<[0] | [1 | 2, string]>;
  cacheFill(key: string, token: string, value: string, ttlMs: number): Promise<number>;
  cacheBlock(count: number, ...args: (string | number)[]): Promise<unknown>;
  cacheUnblock(count: number, ...args: string[]): Promise<unknown>;
  cacheRenew(generationKey: string, generation: string, ms: number, blocked: string): Promise<unknown>;
}

export function createCacheCommands(redis: Redis, generationKey: string): CacheCommands {
  redis.defineCommand('cacheLook', { numberOfKeys: 2, lua: look });
  redis.defineCommand('cacheFill', { numberOfKeys: 1, lua: fill });
  redis.defineCommand('cacheBlock', { lua: block });
  redis.defineCommand('cacheUnblock', { lua: unblock });
  redis.defineCommand('cacheRenew', { numberOfKeys: 1, lua: renew });
  const scripts = redis as Redis & Scripts;
  return {
    async look(key, token, leaseMs) {
      const [kind, text = ''] = await scripts.cacheLook(generationKey, key, token, leaseMs);
      if (kind === 1) return { kind: 'hit', text };
      return kind === 2 ? { kind: 'lease', generation: text } : { kind: 'none' };
    },
    async fill(key, token, text, generation, ttlMs) {
      await scripts.cacheFill(key, token, text === undefined ? '' : `=${generation} ${text}`, ttlMs);
    },
    async block(keys, token, ms) {
      await scripts.cacheBlock(keys.length, ...keys, token, ms);
    },
    async unblock(keys, token) {
      await scripts.cacheUnblock(keys.length, ...keys, token);
    },
    async blockAll(token, ms) {
      await redis.set(generationKey, `!${token}`, 'PX', ms);
    },
    async renew(generation, ms, blocked = '') {
      await scripts.cacheRenew(generationKey, generation, ms, `!${blocked}`);
    },
    async ping() {
      await redis.ping();
    },
  };
}
