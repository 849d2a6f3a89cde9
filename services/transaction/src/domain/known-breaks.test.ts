import { describe, expect, test } from '@jest/globals';
import { type KnownBreak, sortBreaks } from './known-breaks.js';
import { type BreakFacts, factsOf } from './reconcile.js';

const missing = (amount: number, transactionId = 'a'): BreakFacts =>
  factsOf({
    kind: 'missing-at-provider',
    line: null,
    record: { kind: 'charge', transactionId, amount, currency: 'USD', status: 'succeeded' },
  });
const known = (found: BreakFacts, status: KnownBreak['status']): KnownBreak => ({
  ...found,
  id: 'k',
  status,
});

test.each(['open', 'proposed', 'adjusting', 'resolved'] as const)(
  'a difference that is %s is not found again while both sides say the same',
  (status) => {
    const other = missing(100, 'b');
    const sorted = sortBreaks([missing(100), other], [known(missing(100), status)]);
    expect(sorted).toEqual({ fresh: [other], renewed: [] });
  },
);

test.each(['open', 'proposed'] as const)('a difference that is %s follows what the sides say', (status) => {
  const found = missing(60);
  const sorted = sortBreaks([found], [known(missing(100), status)]);
  expect(sorted).toEqual({ fresh: [], renewed: [{ id: 'k', found }] });
});

test('what is left of a difference after its correction is another one', () => {
  const found = missing(60);
  expect(sortBreaks([found], [known(missing(100), 'resolved')])).toEqual({ fresh: [found], renewed: [] });
});

describe('a payment that both sides have', () => {
  const differs = (
    kind: 'amount-differs' | 'status-differs',
    providerAmount: number,
    ourAmount = 63,
  ): BreakFacts => ({
    ...missing(ourAmount),
    kind,
    paymentId: 'p',
    providerAmount,
    providerStatus: kind === 'status-differs' ? 'declined' : 'succeeded',
  });

  test('differs in one way at a time', () => {
    const found = differs('status-differs', 63);
    const sorted = sortBreaks([found], [known(differs('amount-differs', 90), 'proposed')]);
    expect(sorted).toEqual({ fresh: [], renewed: [{ id: 'k', found }] });
  });

  test('differs anew as it did before a correction there and another one back', () => {
    const found = differs('amount-differs', 90);
    const back = known(differs('amount-differs', 63, 90), 'resolved');
    expect(sortBreaks([found], [known(found, 'resolved')])).toEqual({ fresh: [], renewed: [] });
    expect(sortBreaks([found], [known(found, 'resolved'), back])).toEqual({ fresh: [found], renewed: [] });
  });
});
