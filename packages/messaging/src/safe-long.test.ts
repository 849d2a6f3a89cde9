import { describe, expect, test } from '@jest/globals';
import avsc from 'avsc';
import fc from 'fast-check';
import { safeLong } from './safe-long.js';

const amount = avsc.Type.forSchema(
  { type: 'record', name: 'Amounts', fields: [{ name: 'all', type: { type: 'array', items: 'long' } }] },
  { registry: { long: safeLong } },
);
const standard = avsc.Type.forSchema('long');
const roundTrip = (all: number[]): number[] => amount.fromBuffer(amount.toBuffer({ all })).all;

describe('a long', () => {
  test.each([
    ...[0, -0, 1, -1, 63, 64, -64, -65, 127, 128],
    ...[2 ** 30, -(2 ** 30), 2 ** 31, 2 ** 49, 2 ** 51, -(2 ** 51), 2 ** 52 + 1, -(2 ** 52) - 1, -5e15],
    ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  ])('%d survives', (value) => {
    expect(roundTrip([value])[0]! + 0).toBe(value + 0);
  });

  test('of any safe size survives beside its neighbours', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { maxLength: 20 }), (all) => {
        expect(roundTrip(all)).toEqual(all.map((value) => value + 0));
      }),
    );
  });

  test('is written as every other Avro library writes it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (value) => {
        const own = amount.toBuffer({ all: [value] });
        // One block of one item before it, the end of the array behind it.
        expect(own.subarray(1, -1)).toEqual(standard.toBuffer(value));
      }),
    );
  });

  test.each([1.5, Number.NaN, 2 ** 53, -(2 ** 53), '1', null])('%p is refused', (value) => {
    expect(amount.isValid({ all: [value] })).toBe(false);
  });

  test.each([1.5, Number.NaN, 2 ** 53, -(2 ** 53), '1', null])('%p is not written', (value) => {
    expect(() => amount.toBuffer({ all: [value] })).toThrow();
  });

  test.each([
    [Number.MAX_SAFE_INTEGER, 'feffffffffffff1f'],
    [Number.MIN_SAFE_INTEGER, 'fdffffffffffff1f'],
    [2 ** 51, '8080808080808008'],
    [-(2 ** 51) - 1, '8180808080808008'],
  ])('%d has the bytes of the specification', (value, bytes) => {
    expect(safeLong.toBuffer(value).toString('hex')).toBe(bytes);
    expect(safeLong.fromBuffer(Buffer.from(bytes, 'hex'))).toBe(value);
  });

  test('that is optional survives', () => {
    const optional = avsc.Type.forSchema(['null', 'long'], { registry: { long: safeLong } });
    for (const value of [null, 0, -5e15]) {
      expect(optional.fromBuffer(optional.toBuffer(value))).toBe(value);
    }
  });

  test('is read from what was an int, or a long of another program', () => {
    const fromInt = safeLong.createResolver(avsc.Type.forSchema('int'));
    expect(safeLong.fromBuffer(avsc.Type.forSchema('int').toBuffer(-7), fromInt)).toBe(-7);
    const fromLong = safeLong.createResolver(standard);
    expect(safeLong.fromBuffer(safeLong.toBuffer(-5e15), fromLong)).toBe(-5e15);
  });

  test('that is cut off, too large for a number or endless is refused', () => {
    const bytes = safeLong.toBuffer(-5e15);
    expect(() => safeLong.fromBuffer(bytes.subarray(0, -1))).toThrow();
    expect(() => safeLong.fromBuffer(Buffer.from('8080808080808020', 'hex'))).toThrow(/2\^53/);
    expect(() => safeLong.fromBuffer(Buffer.from(`${'80'.repeat(11)}01`, 'hex'))).toThrow(/64 bits/);
  });
});
