import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Problem } from './problem.js';
import { validate, validateHeaders } from './validation.js';

const limit = z.coerce.number().int().min(1).max(200);
const time = z.iso.datetime({ offset: true });

/** The `detail` of the only error that the value causes. */
function detailOf(schema: z.ZodType, value: unknown): string | undefined {
  try {
    validate(z.object({ field: schema }), { field: value }, 'query');
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    const { errors } = error as Problem;
    expect(errors).toHaveLength(1);
    return errors?.[0]?.detail;
  }
  throw new Error('the value was accepted');
}

describe('a violated rule is told in plain words', () => {
  test.each<[string, z.ZodType, unknown, string]>([
    ['nothing where something is needed', z.string(), undefined, 'Is required.'],
    ['no choice', z.enum(['yes', 'no']), undefined, 'Is required.'],
    ['null', z.string(), null, 'Must be a string.'],
    ['a number for a string', z.string(), 1, 'Must be a string.'],
    ['a string for a number', z.int(), '1', 'Must be a number.'],
    ['a word for a number of the query', limit, 'many', 'Must be a number.'],
    ['a fraction', limit, '1.5', 'Must be a whole number.'],
    ['too small a number', limit, '0', 'Must be at least 1.'],
    ['too large a number', limit, '201', 'Must be at most 200.'],
    ['a number beyond the safe ones', z.int(), 2 ** 53, 'Must be at most 9007199254740991.'],
    ['a number beyond all', z.int(), JSON.parse('1e400'), 'Must be at most 9007199254740991.'],
    ['a number below all', z.int(), JSON.parse('-1e400'), 'Must be at least -9007199254740991.'],
    ['a number beyond all for a string', z.string(), JSON.parse('1e400'), 'Must be a string.'],
    ['a number on an open end', z.number().gt(0), 0, 'Must be greater than 0.'],
    ['a number between the steps', z.number().multipleOf(5), 7, 'Must be a multiple of 5.'],
    ['a word for a boolean', z.boolean(), 'yes', 'Must be true or false.'],
    ['an object for an array', z.array(z.string()), {}, 'Must be an array.'],
    ['an array for an object', z.object({}), [], 'Must be an object.'],
    ['an empty string', z.string().min(1), '', 'Must not be empty.'],
    ['a short string', z.string().min(12), 'a', 'Must have at least 12 characters.'],
    ['a long string', z.string().max(1), 'ab', 'Must have at most 1 character.'],
    ['a string of the wrong length', z.string().length(6), 'ab', 'Must have exactly 6 characters.'],
    ['an empty array', z.array(z.string()).min(1), [], 'Must not be empty.'],
    ['a long array', z.array(z.string()).max(2), ['a', 'b', 'c'], 'Must have at most 2 items.'],
    ['another choice', z.enum(['yes', 'no']), 'maybe', 'Must be one of yes, no.'],
    ['not the only choice', z.literal('transfer'), 'gift', 'Must be transfer.'],
    ['no UUID', z.uuid(), '17', 'Must be a UUID.'],
    ['no email address', z.email(), 'nobody', 'Must be an email address.'],
    ['no date', z.iso.date(), '21.11.2026', 'Must be a date such as 2026-11-21.'],
    ['no time', time, 'noon', 'Must be a time such as 2026-11-21T09:30:00Z.'],
    [
      'neither time nor date',
      z.union([time, z.iso.date()]),
      'noon',
      'Must be a time such as 2026-11-21T09:30:00Z or a date such as 2026-11-21.',
    ],
    [
      'none of two shapes',
      z.union([z.object({ a: z.int() }), z.string()]),
      {},
      'Has none of the allowed forms.',
    ],
    ['another pattern', z.string().regex(/^[a-z]+$/), 'A', 'Must match the pattern /^[a-z]+$/.'],
    ['an unnamed condition', z.string().refine(() => false), 'a', 'Is not valid.'],
  ])('%s', (_what, schema, value, detail) => {
    expect(detailOf(schema, value)).toBe(detail);
  });

  test('the kinds of a union are told apart by a field', () => {
    const kinds = [z.object({ kind: z.literal('cat') }), z.object({ kind: z.literal('dog') })] as const;
    expect(detailOf(z.discriminatedUnion('kind', kinds), { kind: 'cow' })).toBe('Must be one of cat, dog.');
  });

  test('unless the schema has words of its own', () => {
    expect(detailOf(z.string().regex(/^\d{6}$/, 'Must be six digits.'), 'a')).toBe('Must be six digits.');
    expect(
      detailOf(
        z.string().refine(() => false, 'Not a currency.'),
        'a',
      ),
    ).toBe('Not a currency.');
  });
});

test('headers that a schema names are checked, whatever else comes with them', () => {
  const schema = z.object({ 'If-Match': z.string().max(5).optional() });
  const check = (headers: Record<string, string>) => () => validateHeaders(schema, headers);
  expect(check({ accept: '*/*' })).not.toThrow();
  expect(check({ 'if-match': '"v1"', accept: '*/*' })).not.toThrow();
  expect(check({ 'if-match': '"v1234"' })).toThrow(
    expect.objectContaining({ errors: [{ pointer: '/headers/If-Match', detail: expect.any(String) }] }),
  );
});
