import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { arrayLiteral, textArrayLiteral, timestampArrayLiteral } from '../src/array-literal.js';
import { bigintArray, InvalidUuidError, uuidArray } from '../src/binary-array.js';

const orNull = <T>(values: fc.Arbitrary<T>) => fc.array(fc.option(values, { nil: null }), { maxLength: 40 });

test('PostgreSQL reads binary arrays as they were written', async () => {
  const client = new pg.Client(process.env.POSTGRES_URL);
  await client.connect();
  // As text, so that the driver has no say in it.
  const read = async (type: string, array: Buffer): Promise<(string | null)[]> =>
    (await client.query(`SELECT $1::${type}[]::text[] AS values`, [array])).rows[0].values;
  const sent = <T>(values: readonly T[]) => (values.every((value) => value === null) ? [] : values);
  try {
    await fc.assert(
      fc.asyncProperty(orNull(fc.uuid()), async (ids) => {
        expect(await read('uuid', uuidArray(ids))).toEqual(sent(ids));
      }),
      { numRuns: 30 },
    );
    await fc.assert(
      fc.asyncProperty(orNull(fc.maxSafeInteger()), async (numbers) => {
        const written = numbers.map((value) => (value === null ? null : String(value)));
        expect(await read('bigint', bigintArray(numbers))).toEqual(sent(written));
      }),
      { numRuns: 30 },
    );
    const limits = [0, -1, 1, 2 ** 32, -(2 ** 32), 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    expect(await read('bigint', bigintArray(limits))).toEqual(limits.map(String));
    const id = '0199aa0b-6a5e-7c11-8f2b-1f6f0c7a9b3e';
    expect(await read('uuid', uuidArray([id.toUpperCase(), id.replaceAll('-', '')]))).toEqual([id, id]);
  } finally {
    await client.end();
  }
});

test.each([
  ['nothing', ''],
  ['what is too short', '0199aa0b-6a5e-7c11-8f2b-1f6f0c7a9b3'],
  ['what is too long', '0199aa0b-6a5e-7c11-8f2b-1f6f0c7a9b3ef'],
  ['another digit', '0199aa0b-6a5e-7c11-8f2b-1f6f0c7a9b3g'],
  ['another character', '0199aa0b-6a5e-7c11-8f2b-1f6f0c7a9b3é'],
  ['a character far away', '0199aa0b-6a5e-7c11-8f2b-1f6f0c7a9b3😀'.slice(0, 36)],
  ['a dash in another place', '0199aa0b6-a5e-7c11-8f2b-1f6f0c7a9b3e'],
  ['33 digits', '0199aa0b6a5e7c118f2b1f6f0c7a9b3e0'],
])('%s is not taken for a uuid', (_what, text) => {
  expect(() => uuidArray([text])).toThrow(InvalidUuidError);
});

test('a column of nulls only is filled up beside a longer one', async () => {
  const client = new pg.Client(process.env.POSTGRES_URL);
  await client.connect();
  const nulls = [null, null];
  const columns = [
    uuidArray(nulls),
    bigintArray(nulls),
    textArrayLiteral(nulls),
    timestampArrayLiteral(nulls),
    arrayLiteral(nulls),
    arrayLiteral([1, 2]),
  ];
  const types = ['uuid', 'bigint', 'text', 'timestamptz', 'boolean', 'int'];
  const list = types.map((type, i) => `unnest($${i + 1}::${type}[]) AS c${i}`);
  const lengths = types.map((type, i) => `cardinality($${i + 1}::${type}[]) AS c${i}`);
  try {
    const { rows } = await client.query(`SELECT ${list}`, columns);
    expect(rows.map((row) => Object.values(row))).toEqual(
      [1, 2].map((n) => [null, null, null, null, null, n]),
    );
    const sent = await client.query(`SELECT ${lengths}`, columns);
    expect(Object.values(sent.rows[0])).toEqual([0, 0, 0, 0, 0, 2]);
  } finally {
    await client.end();
  }
});

test.each([0.5, 2 ** 53, Number.NaN])('%d is not taken for a bigint', (value) => {
  expect(() => bigintArray([value])).toThrow(RangeError);
});
