import { describe, expect, test } from '@jest/globals';
import { ApplicationDataChecker, checkSchema } from './application-data.js';

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['income', 'email'],
  additionalProperties: false,
  properties: {
    income: { type: 'integer', minimum: 0 },
    email: { type: 'string', format: 'email' },
    address: { type: 'object', required: ['city'], properties: { city: { type: 'string' } } },
  },
};
const check = (data: unknown) => new ApplicationDataChecker().check('t:1', schema, data);

describe('the data of an application', () => {
  test('given data that fits, nothing is reported', () => {
    expect(check({ income: 1, email: 'a@example.com' })).toEqual([]);
  });

  test('given several faults, each is pointed at', () => {
    const pointers = check({ income: -1, 'un/known': 1, address: {} }).map((v) => v.pointer);
    expect(pointers.sort()).toEqual(['/address/city', '/email', '/income', '/un~1known']);
  });

  test('given a value that is not of its format, the format is named', () => {
    expect(check({ income: 1, email: 'nobody' })[0]?.detail).toContain('email');
  });

  test('given a pattern that JavaScript would try for ever, then it is refuted at once', () => {
    const slow = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
    const data = { a: `${'a'.repeat(10_000)}!` };
    expect(new ApplicationDataChecker().check('slow:1', slow, data)).toMatchObject([{ pointer: '/a' }]);
  });

  test('given a schema of before with a pattern that is not supported any more, then that is said', () => {
    const before = { properties: { a: { pattern: '(?=a)' } } };
    expect(new ApplicationDataChecker().check('before:1', before, {})[0]?.detail).toContain('defined anew');
  });

  test('given a list that is too long to compare each with each, then it is pointed at', () => {
    const lists = { type: 'object', properties: { a: { type: 'array', uniqueItems: true } } };
    const list = (length: number) => ({ a: Array.from({ length }, (_, id) => ({ id })) });
    const checker = new ApplicationDataChecker();
    expect(checker.check('lists:1', lists, list(1_000))).toEqual([]);
    expect(checker.check('lists:1', lists, list(1_001))).toMatchObject([{ pointer: '/a' }]);
  });

  test('given a part of the schema that refers to itself without an end, then that is said', () => {
    const part = {
      properties: { a: { $ref: '#/$defs/x' } },
      $defs: { x: { allOf: [{ $ref: '#/$defs/x' }] } },
    };
    const checker = new ApplicationDataChecker();
    expect(checker.check('part:1', part, {})).toEqual([]);
    expect(checker.check('part:1', part, { a: 1 })[0]?.detail).toContain('without an end');
  });

  test('given another version of a type, its own schema counts', () => {
    const checker = new ApplicationDataChecker();
    expect(checker.check('t:1', { type: 'string' }, 'x')).toEqual([]);
    expect(checker.check('t:2', { type: 'number' }, 'x')).toHaveLength(1);
  });
});

describe('a schema', () => {
  test('given examples that validate, is accepted', () => {
    expect(checkSchema({ ...schema, examples: [{ income: 1, email: 'a@example.com' }] })).toEqual([]);
  });

  test('given an example that does not validate, is refused with a pointer into it', () => {
    const [violation] = checkSchema({ ...schema, examples: [{ income: 'much', email: 'a@example.com' }] });
    expect(violation?.pointer).toBe('/examples/0/income');
  });

  test.each([
    [{ $ref: '#' }],
    [{ type: 'object', allOf: [{ $ref: '#' }] }],
    [{ properties: { a: { pattern: '(?=a)' } } }],
    [{ type: 'objekt' }],
    [{ $async: true }],
    [{ $ref: 'https://example.com/elsewhere.json' }],
    [null],
    ['text'],
  ])('given %j, is refused', (bad) => {
    expect(checkSchema(bad)).toHaveLength(1);
  });
});
