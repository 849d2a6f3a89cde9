import { describe, expect, test } from '@jest/globals';
import { createApiKey, describeApiKey, hashApiKey, isWellFormedApiKey } from './api-key.js';

describe('an API key', () => {
  test('is 53 letters and digits, with a prefix to recognise it', () => {
    const { key, prefix, hash } = createApiKey();
    expect(key).toMatch(/^flk_[0-9A-Za-z]{49}$/);
    expect(key.startsWith(prefix)).toBe(true);
    expect(prefix).toHaveLength(12);
    expect(hash).toEqual(hashApiKey(key));
    expect(describeApiKey(key)).toEqual({ key, prefix, hash });
    expect(isWellFormedApiKey(key)).toBe(true);
  });

  test('is another one each time, and uses the whole alphabet', () => {
    const keys = Array.from({ length: 500 }, () => createApiKey().key);
    expect(new Set(keys).size).toBe(500);
    expect(new Set(keys.join('').slice(4)).size).toBeGreaterThanOrEqual(62);
  });

  test('has the checksum that other programs compute', () => {
    // CRC-32 of "flk_" and 43 zeros is 0x1cabd283, by Python's zlib.
    expect(isWellFormedApiKey(`flk_${'0'.repeat(43)}0WYJwx`)).toBe(true);
  });

  test('with any one character changed is known to be wrong', () => {
    const { key } = createApiKey();
    for (let i = 4; i < key.length; i++) {
      const changed = `${key.slice(0, i)}${key[i] === 'a' ? 'b' : 'a'}${key.slice(i + 1)}`;
      expect(isWellFormedApiKey(changed)).toBe(false);
    }
  });

  test.each(['', 'flk_', 'flk_local_admin', `flk_${'x'.repeat(48)}`, `FLK_${createApiKey().key.slice(4)}`])(
    'is not %p',
    (text) => {
      expect(isWellFormedApiKey(text)).toBe(false);
    },
  );
});
