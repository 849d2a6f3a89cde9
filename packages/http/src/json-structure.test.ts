import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from './json-structure.js';
import type { Problem } from './problem.js';

function refusalOf(text: string): string | undefined {
  try {
    parseJson(text);
    return undefined;
  } catch (error) {
    const { code, detail, errors } = error as Problem;
    return errors ? `${code} ${errors[0]?.pointer}` : `${code} ${detail}`;
  }
}

test('whatever JSON.stringify writes is read as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 10 }), (text) => {
      fc.pre(!text.includes('__proto__'));
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test.each([
  ['a name that occurs twice', '{"a":1,"b":{"c":1,"d":"x:y","c":2}}'],
  ['a name that occurs twice in different spellings', '{"a":1,"\\u0061":2}'],
])('%s is refused', (_what, text) => {
  expect(refusalOf(text)).toBe('malformed-json A name occurs twice in an object.');
});

test.each([
  ['{"a":[{"__proto__":{"admin":true}}]}', '/a/__proto__'],
  ['{"\\u005f_proto__":1}', '/__proto__'],
])('%s is refused', (text, pointer) => {
  expect(refusalOf(text)).toBe(`validation-failed ${pointer}`);
});

describe('strings hide what looks like structure', () => {
  test.each(['{"a":"{[:"}', '{"a\\":":1}', '{"a\\\\":":"}', '"\\\\\\":{"', '[":",":"]'])('%s', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });
});

describe('nesting', () => {
  test('of 64 levels is fine, of 65 is not', () => {
    expect(refusalOf(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeUndefined();
    expect(refusalOf(`${'['.repeat(65)}${']'.repeat(65)}`)).toContain('nested deeper');
  });

  test('of half a million levels ends nothing but the request', () => {
    expect(refusalOf('['.repeat(500_000))).toContain('nested deeper');
    expect(refusalOf('{"a":'.repeat(200_000))).toContain('nested deeper');
  });
});

test.each(['', '{', '{"a":}', '"', '"\\', '\uFEFF{}', '{"a":1}x', 'NaN'])('%j is not JSON', (text) => {
  expect(refusalOf(text)).toBe('malformed-json The body is not valid JSON.');
});
