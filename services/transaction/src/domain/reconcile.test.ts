import { describe, expect, test } from '@jest/globals';
import {
  type Books,
  keyOf,
  type ListedPayment,
  type PaymentRecord,
  paymentOf,
  reconcile,
} from './reconcile.js';
import { readSettlementFile, type SettlementLine } from './settlement-file.js';

let lines = 0;
const line = (more: Partial<SettlementLine> = {}): SettlementLine => ({
  lineNumber: ++lines,
  kind: 'charge',
  paymentId: `pay-${lines}`,
  reference: 'a',
  amount: 500,
  currency: 'USD',
  status: 'succeeded',
  createdAt: new Date('2026-11-21T10:00:00Z'),
  ...more,
});
const record = (more: Partial<PaymentRecord> = {}): PaymentRecord => ({
  kind: 'charge',
  transactionId: 'a',
  amount: 500,
  currency: 'USD',
  status: 'succeeded',
  ...more,
});
/** As an earlier file has listed them, of that payment here. */
const listed = (
  lines: readonly SettlementLine[],
  transactionId: string | null,
  settlementDate = '2026-11-20',
) =>
  new Map<string, ListedPayment>(
    lines.map((line) => [
      paymentOf(line),
      {
        ...line,
        fileId: 'f',
        settlementDate,
        transactionId,
        matchedBy: transactionId === null ? null : 'reference',
      },
    ]),
  );
const books = (records: readonly PaymentRecord[], more: Partial<Books> = {}): Books => ({
  records,
  ofTheDay: new Set(records.map(({ kind, transactionId }) => keyOf(kind, transactionId))),
  matched: new Set(),
  seen: new Map(),
  settlementDate: '2026-11-21',
  ...more,
});
const breaksOf = (file: readonly SettlementLine[], given: Books) =>
  reconcile(file, given).breaks.map(({ kind, line, record }) => [
    kind,
    line?.lineNumber ?? null,
    record?.transactionId ?? null,
  ]);

describe('a settlement file', () => {
  test('agrees with the books line by line, by our ids', () => {
    const file = [line(), line({ kind: 'refund' }), line({ kind: 'payout', reference: 'B' })];
    const given = books([
      record(),
      record({ kind: 'refund' }),
      record({ kind: 'payout', transactionId: 'b' }),
    ]);
    const { lines, breaks } = reconcile(file, given);
    expect(breaks).toEqual([]);
    expect(lines.map(({ transactionId, matchedBy }) => [transactionId, matchedBy])).toEqual([
      ['a', 'reference'],
      ['a', 'reference'],
      ['b', 'reference'],
    ]);
  });

  test('lists what nobody here knows of, when money has moved', () => {
    const file = [line({ reference: 'x', amount: 7 }), line({ reference: 'y', status: 'declined' })];
    expect(breaksOf(file, books([]))).toEqual([['missing-at-us', file[0]!.lineNumber, null]]);
  });

  test('lacks what is recorded here for its day, and nothing of other days', () => {
    const given = books([record(), record({ transactionId: 'other day' })], {
      ofTheDay: new Set([keyOf('charge', 'a')]),
    });
    expect(breaksOf([], given)).toEqual([['missing-at-provider', null, 'a']]);
    expect(breaksOf([], { ...given, matched: new Set([keyOf('charge', 'a')]) })).toEqual([]);
  });

  test.each<[string, Partial<SettlementLine>]>([
    ['amount-differs', { amount: 501 }],
    ['amount-differs', { currency: 'EUR' }],
    ['status-differs', { status: 'declined' }],
  ])('has a line with %s', (kind, more) => {
    const file = [line(more)];
    expect(breaksOf(file, books([record()]))).toEqual([[kind, file[0]!.lineNumber, 'a']]);
  });

  test('lists a payment twice: under one id, or under two for one transaction, or again on another day', () => {
    const first = line();
    const sameId = { ...line(), paymentId: first.paymentId };
    const sameTransaction = line();
    const known = line({ reference: 'b' });
    const given = books([record(), record({ transactionId: 'b' })], {
      seen: listed([known], 'b'),
      matched: new Set([keyOf('charge', 'b')]),
    });
    expect(breaksOf([first, sameId, sameTransaction, known], given)).toEqual([
      ['duplicate', sameId.lineNumber, 'a'],
      ['duplicate', sameTransaction.lineNumber, 'a'],
      ['duplicate', known.lineNumber, 'b'],
    ]);
  });
});

describe('a payment that is listed again', () => {
  const before = line({ paymentId: 'pay' });
  const given = (more: Partial<PaymentRecord>, seen = listed([before], 'a')) =>
    books([record(more)], { seen, matched: new Set([keyOf('charge', 'a')]) });

  test('differs when the books say something else by now', () => {
    const again = { ...before, lineNumber: 7 };
    expect(breaksOf([again], given({ status: 'declined' }))).toEqual([['status-differs', 7, 'a']]);
    const other = line({ paymentId: 'another charge' });
    expect(breaksOf([other], given({}))).toEqual([['duplicate', other.lineNumber, 'a']]);
  });

  test('is held against the books when the provider says something else by now, and is no duplicate', () => {
    expect(breaksOf([{ ...before, lineNumber: 7, amount: 90 }], given({}))).toEqual([
      ['amount-differs', 7, 'a'],
    ]);
    const pending = listed([{ ...before, status: 'pending' }], 'a');
    const { lines, breaks } = reconcile([before], given({}, pending));
    expect(breaks).toEqual([]);
    expect(lines).toEqual([{ line: before, transactionId: 'a', matchedBy: 'reference' }]);
  });

  test('because it is still under way is no duplicate', () => {
    const pending = { ...before, status: 'pending' };
    expect(breaksOf([pending], given({ status: 'pending' }, listed([pending], 'a')))).toEqual([]);
    expect(breaksOf([pending], books([], { seen: listed([pending], null) }))).toEqual([]);
  });

  test('is the payment that it was, whatever its reference says by now', () => {
    const mangled = { ...before, lineNumber: 7, reference: 'mangled', amount: 90 };
    expect(breaksOf([mangled], given({}))).toEqual([['amount-differs', 7, 'a']]);
  });

  test('says nothing when a later day was heard of before', () => {
    const pending = { ...before, status: 'pending' };
    expect(breaksOf([pending], given({}, listed([before], 'a', '2026-11-22')))).toEqual([]);
  });

  test('stays a duplicate that belongs to no payment here, whatever is said about it by now', () => {
    const other = line({ paymentId: 'other' });
    const seen = new Map([...listed([before], 'a'), ...listed([other], null)]);
    const changed = { ...other, amount: 90 };
    expect(breaksOf([changed], given({}, seen))).toEqual([['duplicate', other.lineNumber, 'a']]);
  });

  test('and that nobody here knew is missing as it is by now, or is none of ours', () => {
    const unknown = line({ reference: '0190f5c4-7d6a-7c3e-9b1a-2f4c6d8e0a12' });
    const seen = listed([unknown], null);
    const empty = books([], { seen });
    expect(breaksOf([{ ...unknown, amount: 90 }], empty)).toEqual([
      ['missing-at-us', unknown.lineNumber, null],
    ]);
    expect(breaksOf([{ ...unknown, status: 'declined' }], empty)).toEqual([]);
    expect(breaksOf([{ ...unknown, reference: 'a' }], books([record()], { seen }))).toEqual([]);
  });
});

describe('a line without our id', () => {
  test('belongs to the only payment of the day with its amount', () => {
    const file = [line({ reference: 'mangled' })];
    const { lines, breaks } = reconcile(file, books([record()]));
    expect(breaks).toEqual([]);
    expect(lines[0]).toMatchObject({ transactionId: 'a', matchedBy: 'amount-and-date' });
  });

  test('is not one with a reference that is unknown here: that hides two differences', () => {
    const foreign = line({ reference: '0190f5c4-7d6a-7c3e-9b1a-2f4c6d8e0a12' });
    expect(breaksOf([foreign], books([record()])).map(([kind]) => kind)).toEqual([
      'missing-at-us',
      'missing-at-provider',
    ]);
  });

  test('belongs to none of two, is none of two, and takes none that has its own line', () => {
    const two = books([record(), record({ transactionId: 'b' })]);
    expect(breaksOf([line({ reference: 'mangled' })], two).map(([kind]) => kind)).toEqual([
      'missing-at-us',
      'missing-at-provider',
      'missing-at-provider',
    ]);
    const twins = [line({ reference: 'mangled' }), line({ reference: 'mangled too' })];
    expect(breaksOf(twins, books([record()])).map(([kind]) => kind)).toEqual([
      'missing-at-us',
      'missing-at-us',
      'missing-at-provider',
    ]);
    const owned = [line(), line({ reference: 'mangled' })];
    expect(breaksOf(owned, books([record()]))).toEqual([['missing-at-us', owned[1]!.lineNumber, null]]);
  });
});

describe('reading a settlement file', () => {
  const header = 'type,id,reference,amount,currency,status,createdAt';
  test('takes columns in any order, and more of them', () => {
    const text =
      'extra,id,type,reference,amount,currency,createdAt,status\r\nx,p1,payout,a,5,USD,2026-11-21T10:00:00Z,succeeded';
    expect(readSettlementFile(text)).toEqual([
      {
        lineNumber: 1,
        kind: 'payout',
        paymentId: 'p1',
        reference: 'a',
        amount: 5,
        currency: 'USD',
        status: 'succeeded',
        createdAt: new Date('2026-11-21T10:00:00Z'),
      },
    ]);
    expect(readSettlementFile(header)).toEqual([]);
  });

  test.each([
    ['header-unknown', 'type,id\ncharge,1'],
    ['header-unknown', ''],
    ['csv-malformed', `${header}\n"charge`],
    ['line-invalid', `${header}\ncharge,p1,a,5.5,USD,succeeded,2026-11-21T10:00:00Z`],
    ['line-invalid', `${header}\ncharge,p1,a,0,USD,succeeded,2026-11-21T10:00:00Z`],
    ['line-invalid', `${header}\nchargeback,p1,a,5,USD,succeeded,2026-11-21T10:00:00Z`],
    ['line-invalid', `${header}\ncharge,p1,a,5,USD,succeeded,yesterday`],
    ['line-invalid', `${header}\ncharge,p1`],
  ])('refuses as %s: %j', (code, text) => {
    expect(() => readSettlementFile(text)).toThrow(expect.objectContaining({ code }));
  });
});
