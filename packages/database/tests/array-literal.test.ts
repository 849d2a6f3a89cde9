import { expect, test } from '@jest/globals';
import pg from 'pg';
import { arrayLiteral, textArrayLiteral, timestampArrayLiteral } from '../src/array-literal.js';

test('PostgreSQL reads arrays as they were written', async () => {
  const client = new pg.Client(process.env.POSTGRES_URL);
  await client.connect();
  const read = async (type: string, literal: string): Promise<unknown> =>
    (await client.query(`SELECT $1::${type}[] AS values`, [literal])).rows[0].values;
  const texts = [
    'plain',
    '',
    'null',
    'NULL',
    null,
    'a,b',
    '{}',
    'a"b',
    'a\\b',
    "a'b",
    ' ',
    'ä€\n\t',
    '"\\"',
    '"\n"',
    '"😀"',
    '{"a":"b\\n"}',
  ];
  const instants = [0, null, 1_763_700_000_123, 1_763_700_000_123, -1];
  const ids = ['0199aa0b-6a5e-7c11-8f2b-1f6f0c7a9b3e', null];
  try {
    expect(await read('text', textArrayLiteral(texts))).toEqual(texts);
    expect(await read('text', textArrayLiteral([]))).toEqual([]);
    expect(await read('int', arrayLiteral([1, -2, null]))).toEqual([1, -2, null]);
    expect(await read('uuid', arrayLiteral(ids))).toEqual(ids);
    expect(await read('boolean', arrayLiteral([true, false]))).toEqual([true, false]);
    expect(await read('bigint', arrayLiteral([]))).toEqual([]);
    expect(await read('timestamptz', timestampArrayLiteral(instants))).toEqual(
      instants.map((instant) => (instant === null ? null : new Date(instant))),
    );
  } finally {
    await client.end();
  }
});
