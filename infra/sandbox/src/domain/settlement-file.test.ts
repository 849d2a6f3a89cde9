import { expect, test } from '@jest/globals';
import type { Charge } from './payment.js';
import { settlementFile, settlementHeader } from './settlement-file.js';

const charge: Charge = {
  id: 'c1',
  reference: 'one, "quoted"',
  amount: 500,
  currency: 'USD',
  fundingToken: 'tok_ok',
  status: 'succeeded',
  createdAt: '2026-11-21T10:00:00.000Z',
  endedAt: '2026-11-21T10:00:00.000Z',
  refunds: [
    {
      id: 'r1',
      reference: 'refund-1',
      amount: 200,
      status: 'succeeded',
      createdAt: '2026-11-22T00:00:00.000Z',
    },
  ],
};

test('lists what ended on the day, a refund on the day of the refund and under the reference of its charge', () => {
  const { endedAt: _, ...rest } = charge;
  const pending = { ...rest, id: 'c2', status: 'pending' as const };
  const payout = { ...charge, id: 'p1', reference: 'two', status: 'declined' as const };
  expect(settlementFile('2026-11-21', [charge, pending], [payout])).toBe(
    [
      settlementHeader,
      'charge,c1,"one, ""quoted""",500,USD,succeeded,2026-11-21T10:00:00.000Z',
      'payout,p1,two,500,USD,declined,2026-11-21T10:00:00.000Z',
    ].join('\r\n'),
  );
  expect(settlementFile('2026-11-22', [charge], [])).toBe(
    `${settlementHeader}\r\nrefund,r1,"one, ""quoted""",200,USD,succeeded,2026-11-22T00:00:00.000Z`,
  );
});

test('lists what was pending at midnight on the day on which it ended', () => {
  const late = { ...charge, createdAt: '2026-11-20T23:00:00.000Z', endedAt: '2026-11-21T03:00:00.000Z' };
  expect(settlementFile('2026-11-20', [], [late])).toBe(settlementHeader);
  expect(settlementFile('2026-11-21', [], [late])).toContain(',succeeded,2026-11-20T23:00:00.000Z');
});
